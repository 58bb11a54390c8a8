/* sd_notify without libsystemd: tells the service manager how we are, where there is one. */
#ifndef AULA_RELAY_IO_NOTIFY_H
#define AULA_RELAY_IO_NOTIFY_H

/* "READY=1", "STOPPING=1". Says nothing where $NOTIFY_SOCKET is not set. */
void notify_service_manager(const char *state);

#endif
