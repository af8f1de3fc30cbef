/*
 * Decides a request with a policy, first for the effect alone, then with the complete answer.
 */
#include <nhipol.h>

#include <stdio.h>

NHIPOL_MODULE(example);

static const char request[] = "{\"subject\":{\"type\":\"agent\",\"id\":\"a-1\"},"
                              "\"action\":{\"name\":\"use\",\"properties\":{\"tool\":\"crm.export\"}},"
                              "\"resource\":{\"type\":\"file\",\"id\":\"f\"},\"context\":{\"risk\":2}}";

int main(void) {
    nhipol_answer *answer = nhipol_answer_new();
    nhipol_policy *policy = nhipol_load(&nhipol_module_example, 0, 0, 0, answer);
    size_t length = 0;
    if (policy == NULL) {
        fprintf(stderr, "%s\n", answer == NULL ? "no memory" : nhipol_answer_text(answer, &length));
        return 1;
    }
    int effect = nhipol_decide(policy, request, sizeof request - 1, nhipol_now(), NHIPOL_HOST_CLOCK, NULL);
    printf("%s\n", effect <= NHIPOL_NARROW ? "go on" : "stop");

    nhipol_decide(policy, request, sizeof request - 1, nhipol_now(), NHIPOL_HOST_CLOCK, answer);
    nhipol_value reasons, reason;
    char id[64];
    if (nhipol_answer_get(answer, "reasons", &reasons)) {
        while (nhipol_next(&reasons, NULL, &reason)) {
            nhipol_string(&reason, id, sizeof id);
            printf("by %s\n", id);
        }
    }
    const char *response = nhipol_answer_text(answer, &length);
    printf("%.*s\n", (int)length, response);
    nhipol_free(policy);
    nhipol_answer_free(answer);
    return 0;
}
