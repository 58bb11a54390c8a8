#include "io/verify_log.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/schema.h"
#include "store/verify.h"

static void print(const struct verify_report *r)
{
    printf("%" PRIu64 " sessions, %" PRIu64 " events, %" PRIu64 " links, %" PRIu64 " snapshots: ",
           r->sessions, r->events, r->links, r->snapshots);
    if (r->wrong == 0)
        printf("all is as it must be\n");
    else
        printf("%" PRIu64 " found wrong\n", r->wrong);
    for (uint64_t i = 0; i < r->wrong && i < VERIFY_FINDINGS_MAX; i++)
        printf("%s\n", r->findings[i]);
    if (r->wrong > VERIFY_FINDINGS_MAX)
        printf("and %" PRIu64 " more\n", r->wrong - VERIFY_FINDINGS_MAX);
}

int verify_log_print(const char *data_dir)
{
    char path[PATH_MAX], why[PATH_MAX + 400] = "there is not enough memory";
    sqlite3 *db = NULL;
    struct verify_report *r = malloc(sizeof *r);
    snprintf(path, sizeof path, "%s/aula.db", data_dir);
    enum err e = r ? schema_open_to_read(path, &db, why, sizeof why) : ERR_MEMORY;
    if (e == ERR_NONE)
        verify_log(db, r);
    int status = e != ERR_NONE ? 2 : r->wrong > 0;
    if (e == ERR_NONE)
        print(r);
    else
        fprintf(stderr, "aulad: %s\n", why);
    sqlite3_close(db);
    free(r);
    return status;
}
