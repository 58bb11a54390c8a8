#include "ctl/console/asker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asker {
    struct door_ask ask;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    char *request; /* under way; NULL = none */
    bool answered;
    struct asker_answer answer;
    int ready[2]; /* a byte for each answer */
};

static void *run(void *argument)
{
    struct asker *a = argument;
    for (;;) {
        pthread_mutex_lock(&a->lock);
        while (a->request == NULL || a->answered)
            pthread_cond_wait(&a->asked, &a->lock);
        struct door_ask ask = a->ask;
        ask.request = a->request;
        ask.request_len = strlen(a->request);
        pthread_mutex_unlock(&a->lock);
        struct asker_answer answer = {0};
        if (door_call(&ask, &answer.reply, answer.why, sizeof answer.why) != ERR_NONE)
            answer.reply = NULL;
        pthread_mutex_lock(&a->lock);
        a->answer = answer;
        a->answered = true;
        pthread_mutex_unlock(&a->lock);
        if (write(a->ready[1], "", 1) < 0)
            return NULL;
    }
}

enum err asker_create(const struct door_ask *ask, struct asker **ret_asker)
{
    struct asker *a = calloc(1, sizeof *a);
    if (a == NULL)
        return ERR_MEMORY;
    a->ask = *ask;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->asked, NULL);
    if (pipe(a->ready) != 0) {
        free(a);
        return ERR_SYSTEM;
    }
    if (pthread_create(&a->thread, NULL, run, a) != 0) {
        close(a->ready[0]);
        close(a->ready[1]);
        free(a);
        return ERR_SYSTEM;
    }
    pthread_detach(a->thread);
    *ret_asker = a;
    return ERR_NONE;
}

int asker_fd(const struct asker *a)
{
    return a->ready[0];
}

bool asker_ask(struct asker *a, const char *request)
{
    pthread_mutex_lock(&a->lock);
    bool free_now = a->request == NULL;
    if (free_now) {
        a->request = strdup(request);
        pthread_cond_signal(&a->asked);
    }
    pthread_mutex_unlock(&a->lock);
    return free_now;
}

bool asker_take(struct asker *a, struct asker_answer *ret_answer)
{
    char byte;
    pthread_mutex_lock(&a->lock);
    bool there = a->answered;
    if (there) {
        *ret_answer = a->answer;
        a->answered = false;
        free(a->request);
        a->request = NULL;
    }
    pthread_mutex_unlock(&a->lock);
    return there && read(a->ready[0], &byte, 1) == 1;
}
