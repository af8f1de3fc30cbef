#include <nhipol.h>

#include <stdio.h>

NHIPOL_MODULE(policy);

static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};

int main(void) {
    nhipol_answer *answer = nhipol_answer_new();
    nhipol_policy *policy = nhipol_load(&nhipol_module_policy, 0, 0, 0, answer);
    FILE *requests = fopen("requests.jsonl", "r");
    char request[1024];
    size_t length;
    if (policy == NULL || requests == NULL) return 1;
    while (fgets(request, sizeof request, requests) != NULL) {
        for (length = 0; request[length] != '\0' && request[length] != '\n';) length++;
        int effect = nhipol_decide(policy, request, length, nhipol_now(), NHIPOL_HOST_CLOCK, answer);
        printf("%s", effects[effect]);
        nhipol_value reasons, reason;
        char id[64];
        if (nhipol_answer_get(answer, "reasons", &reasons)) {
            while (nhipol_next(&reasons, NULL, &reason)) {
                nhipol_string(&reason, id, sizeof id);
                printf(" %s", id);
            }
        }
        printf("\n");
    }
    fclose(requests);
    nhipol_free(policy);
    nhipol_answer_free(answer);
    return 0;
}
