/* Every way in which something can go wrong, in one list.
 *
 * Three classes decide what the caller does:
 *   drop       what came from outside was bad: count it, forget it, go on;
 *   link dead  this one peer's path cannot go on: close it, the rest do not notice;
 *   bug        we ran out of something or broke a promise: refuse the operation, tell the operator. */
#ifndef AULA_BASE_ERRORS_H
#define AULA_BASE_ERRORS_H

#define MUST_USE __attribute__((warn_unused_result))

enum err {
    ERR_NONE = 0,

    /* drop */
    ERR_SHORT,       /* ends before it should */
    ERR_LONG,        /* longer than a limit allows */
    ERR_MALFORMED,   /* breaks its grammar */
    ERR_UNSUPPORTED, /* well formed, but nothing we take part in */
    ERR_AUTH,        /* tag, integrity or password does not match */
    ERR_REPLAY,      /* seen before */
    ERR_STALE,       /* too old to tell whether it was seen before, or late for its run */
    ERR_UNKNOWN,     /* names a peer, person or thing that is not here */
    ERR_FORBIDDEN,   /* known, but without the right */
    ERR_RATE,        /* too many of these too fast */

    /* link dead */
    ERR_HANDSHAKE,   /* DTLS failed */
    ERR_FINGERPRINT, /* the certificate is not the one the description named */
    ERR_TIMEOUT,     /* silent for too long */
    ERR_CLOSED,      /* closed by the other side */

    /* bug */
    ERR_FULL,   /* a table or queue is at its maximum */
    ERR_MEMORY, /* an allocation failed */
    ERR_SPACE,  /* the caller's buffer is too small */
    ERR_STATE,  /* called when it must not be */
    ERR_SYSTEM, /* the operating system or a library refused */

    ERR_COUNT
};

enum err_class { ERR_CLASS_NONE, ERR_CLASS_DROP, ERR_CLASS_LINK_DEAD, ERR_CLASS_BUG };

/* Class of an error; ERR_CLASS_NONE for ERR_NONE. Any thread. */
enum err_class err_class(enum err e);

/* A short lower-case sentence fragment for logs ("tag does not match"); never NULL, static storage. Any
 * thread. */
const char *err_text(enum err e);

#endif
