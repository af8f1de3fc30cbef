/*
 * Forms of instants, durations and addresses; digests.
 */
#include "forms.h"

#include "check.h"
#include "digest.h"
#include "sha256.h"

static bool is(const char *room, size_t length, const char *expected) {
    return nhipol_bytes_equal((nhipol_bytes){room, length}, nhipol_bytes_of(expected));
}

static void instants(void) {
    char room[NHIPOL_FORM_ROOM];
    CHECK(is(room, nhipol_write_instant(room, 0), "1970-01-01T00:00:00.000Z"));
    CHECK(is(room, nhipol_write_instant(room, -1), "1969-12-31T23:59:59.999Z"));
    CHECK(is(room, nhipol_write_instant(room, 951782400000), "2000-02-29T00:00:00.000Z"));
    CHECK(is(room, nhipol_write_instant(room, 951868800000), "2000-03-01T00:00:00.000Z"));
    CHECK(is(room, nhipol_write_instant(room, -62167219200000), "0000-01-01T00:00:00.000Z"));
    CHECK(is(room, nhipol_write_instant(room, 253402300799999), "9999-12-31T23:59:59.999Z"));
    CHECK(is(room, nhipol_write_instant(room, 253402300800000), "253402300800000ms"));
    CHECK(is(room, nhipol_write_instant(room, -62167219200001), "-62167219200001ms"));
    CHECK(is(room, nhipol_write_duration(room, 0), "0s"));
    CHECK(is(room, nhipol_write_duration(room, 90000), "90s"));
    CHECK(is(room, nhipol_write_duration(room, 7200000), "2h"));
    CHECK(is(room, nhipol_write_duration(room, -172800000), "-2d"));
    CHECK(is(room, nhipol_write_duration(room, 61001), "61001ms"));
}

static void addresses(void) {
    char room[NHIPOL_FORM_ROOM];
    uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, [12] = 10}, all[16] = {0};
    uint8_t one[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, two[16] = {0x20, 0x01, [7] = 1, [15] = 1};
    uint8_t single[16] = {0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    CHECK(is(room, nhipol_write_address(room, v4, -1), "10.0.0.0"));
    CHECK(is(room, nhipol_write_address(room, v4, 104), "10.0.0.0/8"));
    CHECK(is(room, nhipol_write_address(room, all, 0), "::/0"));
    CHECK(is(room, nhipol_write_address(room, one, -1), "2001:db8::1"));
    CHECK(is(room, nhipol_write_address(room, two, 128), "2001:0:0:1::1/128"));
    CHECK(is(room, nhipol_write_address(room, single, -1), "1:0:1:1:1:1:1:1"));
    CHECK(nhipol_is_utf8(nhipol_bytes_of("\xf0\x9f\x98\x80\xed\x9f\xbf")));
    CHECK(!nhipol_is_utf8(nhipol_bytes_of("\xed\xa0\x80")) && !nhipol_is_utf8(nhipol_bytes_of("\xe2\x82")));
}

static bool digest_under(const char *policy, const char *request, char digest[NHIPOL_DIGEST_ROOM]) {
    return nhipol_digest_of_text(request, strlen(request), nhipol_bytes_of(policy), digest);
}

static bool has_digest(const char *request, const char *expected) {
    char digest[NHIPOL_DIGEST_ROOM];
    bool found = digest_under("acme.payments", request, digest);
    return expected == NULL ? !found : found && (*expected == 0 || memcmp(digest, expected, NHIPOL_DIGEST_ROOM) == 0);
}

#define AGENT ",\"subject\":{\"type\":\"agent\",\"id\":\"a1\"}"
#define CALL "{\"action\":{},\"resource\":{},\"subject\":"
#define FOR(principal) \
    CALL "{\"type\":\"agent\",\"id\":\"a1\",\"properties\":{\"token\":1e400,\"on_behalf_of\":" principal "}}}"

static void callers(void) {
    static const char *const requests[] = {CALL "{\"type\":\"agent\",\"id\":\"a1\"}}",
                                           CALL "{\"type\":\"agent\",\"id\":\"a2\"}}",
                                           CALL "{\"type\":\"bot\",\"id\":\"a1\"}}",
                                           FOR("{\"id\":\"x\"}"),
                                           FOR("{\"id\":\"x\",\"type\":\"user\"}"),
                                           FOR("{\"id\":\"y\"}"),
                                           FOR("\"x\""),
                                           FOR("{\"mail\":\"x\"}")};
    enum { COUNT = sizeof requests / sizeof *requests };
    char digests[2 * COUNT][NHIPOL_DIGEST_ROOM], digest[NHIPOL_DIGEST_ROOM];
    for (int i = 0; i < 2 * COUNT; i++) {
        CHECK(digest_under(i % 2 == 0 ? "p" : "q", requests[i / 2], digests[i]));
        for (int j = 0; j < i; j++) CHECK(memcmp(digests[i], digests[j], NHIPOL_DIGEST_ROOM) != 0);
    }
    CHECK(digest_under("p", FOR("{\"type\":\"user\",\"scopes\":[1],\"id\":\"x\"}"), digest));
    CHECK(memcmp(digest, digests[8], NHIPOL_DIGEST_ROOM) == 0);
    CHECK(digest_under("p", FOR("null"), digest));
    CHECK(memcmp(digest, digests[0], NHIPOL_DIGEST_ROOM) == 0);
    CHECK(has_digest(CALL "\"a1\"}", NULL));
    CHECK(has_digest(CALL "{\"type\":\"agent\"}}", NULL));
    CHECK(has_digest(CALL "{\"type\":\"agent\",\"id\":1}}", NULL));
    CHECK(has_digest(CALL "{\"type\":\"agent\",\"id\":\"a1\",\"id\":\"a1\"}}", NULL));
    CHECK(has_digest(FOR("{\"id\":\"x\",\"n\":1e400}"), NULL));
    CHECK(has_digest("{\"action\":{},\"resource\":{}}", NULL));
    CHECK(has_digest("{\"action\":{},\"resource\":{}" AGENT AGENT "}", NULL));
}

static void digests(void) {
    char digits[65];
    nhipol_sha256("", 0, digits);
    CHECK(strcmp(digits, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
    nhipol_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, digits);
    CHECK(strcmp(digits, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1") == 0);
    CHECK(has_digest(
        "{\"action\":{\"name\":\"pay\",\"properties\":{\"amount\":5}},\"resource\":{\"type\":\"account\",\"id\":\"b1\"}" AGENT "}",
        "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496"));
    CHECK(has_digest("{\"resource\":{\"id\":\"b\\u0031\",\"type\":\"account\"},\"action\":{\"properties\":{\"amount\":5.0},"
                     "\"name\":\"pay\"}" AGENT "}",
                     "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496"));
    CHECK(has_digest("{\"action\":{\"\\ue000\":1,\"\\ud83d\\ude00\":2},\"resource\":1e2" AGENT "}", ""));
    CHECK(has_digest("{\"action\":1" AGENT "}", NULL));
    CHECK(has_digest("{\"action\":1,\"resource\":2,\"action\":1" AGENT "}", NULL));
    CHECK(has_digest("{\"action\":{\"a\":1,\"a\":1},\"resource\":2" AGENT "}", NULL));
    CHECK(has_digest("{\"action\":9007199254740993,\"resource\":2" AGENT "}", NULL));
    CHECK(has_digest("{\"action\":\"\\ud800\",\"resource\":2" AGENT "}", NULL));
    char deep[500] = "{\"resource\":2" AGENT ",\"action\":";
    for (int levels = 64; levels <= 65; levels++) {
        size_t start = strlen("{\"resource\":2" AGENT ",\"action\":"), many = (size_t)levels;
        memset(deep + start, '[', many);
        memset(deep + start + many, ']', many);
        memcpy(deep + start + 2 * many, "}", 2);
        CHECK(has_digest(deep, levels == 64 ? "" : NULL));
    }
}

int main(void) {
    instants();
    addresses();
    digests();
    callers();
    return checked();
}
