/*
 * Asks a policy once with each of the two doors: `nhipol_policy.h`, which tells the whole answer, and `nhipol.h`, which
 * tells what the module does and allocates nothing.
 */
#include "nhipol_policy.h"
#include "nhipol_reason.h"

#include <stdio.h>
#include <time.h>

NHIPOL_MODULE(example);

static const char request[] = "{\"subject\":{\"type\":\"agent\",\"id\":\"a-1\"},"
                              "\"action\":{\"name\":\"use\",\"properties\":{\"tool\":\"crm.export\"}},"
                              "\"resource\":{\"type\":\"file\",\"id\":\"f\"},\"context\":{\"risk\":2}}";

static int whole_answer(void) {
    char why[160];
    nhipol_policy *policy = nhipol_policy_load(&nhipol_module_example, NULL, why);
    if (policy == NULL) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    nhipol_answer answer;
    nhipol_text response = {0};
    nhipol_policy_decide(policy, request, sizeof request - 1, (nhipol_when){0}, &answer);
    nhipol_answer_write(&answer, &response);
    printf("%s\n%.*s\n", answer.decision ? "go on" : "stop", (int)response.length, response.data);
    nhipol_text_free(&response);
    nhipol_answer_clear(&answer);
    nhipol_policy_free(policy);
    return 0;
}

static int bare_result(void) {
    nhipol n;
    nhipol_result result;
    double now = (double)time(NULL) * 1000;
    if (nhipol_create(&n, &nhipol_module_example, 16 << 20) != NHIPOL_OK) return 1;
    if (nhipol_decide(&n, request, sizeof request - 1, now, NHIPOL_HOST_TIME, &result) == NHIPOL_OK) {
        printf("effect %u, by", (unsigned)result.effect);
        for (uint32_t i = 0; i < result.reason_count; i++) {
            size_t length = 0;
            const char *id = nhipol_reason_id(n.module, nhipol_reason_at(&n, i).index, &length);
            printf(" %.*s", (int)length, id == NULL ? "" : id);
        }
        printf("\n");
    }
    nhipol_destroy(&n);
    return 0;
}

int main(void) { return whole_answer() + bare_result(); }
