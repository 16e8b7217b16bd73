// What libpq offers only as character macros, as constants that Swift can import, and the one question
// about TLS that libpq asks itself before it waits but does not let its callers ask.
#pragma once
#include <libpq-fe.h>

static const int NX_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int NX_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY;
static const int NX_DIAG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME;
static const int NX_DIAG_TABLE_NAME = PG_DIAG_TABLE_NAME;

/// Whether OpenSSL holds bytes it has read from the socket and libpq has not: poll() cannot see those. The
/// server writes records of 8 KiB, which libpq always has room for; a proxy before it may write larger ones.
static inline int nx_tls_has_pending(PGconn *connection) {
    extern int SSL_pending(const void *);
    const void *tls = PQsslStruct(connection, "OpenSSL");
    return tls != 0 && SSL_pending(tls) > 0;
}
