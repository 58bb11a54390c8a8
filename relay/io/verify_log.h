/* aulad --verify-log: the event log of a folder, looked through without a relay. */
#ifndef AULA_RELAY_IO_VERIFY_LOG_H
#define AULA_RELAY_IO_VERIFY_LOG_H

/* Prints what is there and what is wrong. 0: all is as it must be; 1: something is not; 2: it cannot be
 * looked at. A relay may run on the folder meanwhile. */
int verify_log_print(const char *data_dir);

#endif
