#include "wire/stun.h"

#include <string.h>

#include "base/cursor.h"

#define MAGIC             0x2112A442u
#define FINGERPRINT_XOR   0x5354554Eu
#define ATTRIBUTE_BYTES   4 /* type and length */
#define METHOD_BINDING    0x001
#define CLASS_MASK        0x0110 /* RFC 8489 §5: bits 4 and 8 of the type */
#define FINGERPRINT_BYTES 8
#define INTEGRITY_BYTES   (ATTRIBUTE_BYTES + STUN_TAG_BYTES)

enum attribute {
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    MESSAGE_INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000A,
    XOR_MAPPED_ADDRESS = 0x0020,
    PRIORITY = 0x0024,
    USE_CANDIDATE = 0x0025,
    OPTIONAL_FROM = 0x8000, /* from here on an unknown attribute may be ignored */
    SOFTWARE = 0x8022,
    FINGERPRINT = 0x8028,
    ICE_CONTROLLED = 0x8029,
    ICE_CONTROLLING = 0x802A
};

/* The class bits of each class, and back. */
static const uint16_t class_bits[] = {
    [STUN_REQUEST] = 0x0000, [STUN_INDICATION] = 0x0010, [STUN_SUCCESS] = 0x0100, [STUN_ERROR] = 0x0110};

/* CRC-32 of ITU V.42, bit by bit four at a time: messages are some 100 bytes, a few each second and peer. */
static uint32_t crc32_of(const uint8_t *bytes, size_t len)
{
    static const uint32_t nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < len; i++) {
        crc = nibble[(crc ^ bytes[i]) & 15] ^ crc >> 4;
        crc = nibble[(crc ^ (unsigned)(bytes[i] >> 4)) & 15] ^ crc >> 4;
    }
    return ~crc;
}

/* What IPv4 and IPv6 addresses are XORed with: magic cookie, then transaction id. */
static void xor_address(uint8_t *ip, size_t len, const uint8_t id[STUN_ID_BYTES])
{
    static const uint8_t magic[4] = {0x21, 0x12, 0xA4, 0x42};
    for (size_t i = 0; i < len; i++)
        ip[i] ^= i < 4 ? magic[i] : id[i - 4];
}

static enum err read_header(struct reader *r, size_t len, struct stun_message *m)
{
    uint16_t type = read_u16(r);
    uint16_t length = read_u16(r);
    uint32_t magic = read_u32(r);
    const uint8_t *id = read_bytes(r, STUN_ID_BYTES);
    if (!id)
        return ERR_SHORT;
    if ((type & 0xC000) != 0 || magic != MAGIC || length % 4 != 0)
        return ERR_MALFORMED;
    if ((size_t)length + STUN_HEADER_BYTES != len)
        return (size_t)length + STUN_HEADER_BYTES > len ? ERR_SHORT : ERR_MALFORMED;
    if ((type & ~CLASS_MASK) != METHOD_BINDING)
        return ERR_UNSUPPORTED;
    m->kind = STUN_REQUEST;
    while (class_bits[m->kind] != (type & CLASS_MASK))
        m->kind++;
    memcpy(m->id, id, STUN_ID_BYTES);
    return ERR_NONE;
}

static void read_text(struct reader *value, struct stun_text *text)
{
    size_t len = reader_left(value);
    if (len > STUN_TEXT_MAX)
        reader_fail(value, ERR_LONG);
    if (text->len == 0)
        *text = (struct stun_text){(const char *)read_bytes(value, len), len};
}

static void read_mapped(struct reader *value, struct stun_message *m)
{
    uint8_t ip[16];
    uint16_t family = read_u16(value) & 0xff;
    uint16_t port = read_u16(value) ^ (uint16_t)(MAGIC >> 16);
    size_t len = family == 1 ? 4 : 16;
    const uint8_t *p = read_bytes(value, len);
    if (!p || family < 1 || family > 2 || reader_left(value)) {
        reader_fail(value, ERR_MALFORMED);
        return;
    }
    memcpy(ip, p, len);
    xor_address(ip, len, m->id);
    if (!m->has_mapped)
        m->mapped = len == 4 ? address_v4(ip, port) : address_v6(ip, port);
    m->has_mapped = true;
}

/* ERROR-CODE (§14.8): class in three bits, number below 100; the reason phrase is not kept. */
static void read_error(struct reader *value, struct stun_message *m)
{
    uint32_t v = read_u32(value);
    unsigned hundreds = v >> 8 & 7, rest = v & 0xff;
    if (hundreds < 3 || hundreds > 6 || rest > 99)
        reader_fail(value, ERR_MALFORMED);
    else if (m->error_code == 0)
        m->error_code = (uint16_t)(hundreds * 100 + rest);
}

static void read_priority(struct reader *value, struct stun_message *m)
{
    uint32_t v = read_u32(value);
    if (reader_left(value))
        reader_fail(value, ERR_MALFORMED);
    if (!m->has_priority)
        m->priority = v;
    m->has_priority = true;
}

static void read_role(struct reader *value, bool *seen, struct stun_message *m)
{
    uint64_t v = read_u64(value);
    if (reader_left(value))
        reader_fail(value, ERR_MALFORMED);
    if (!m->controlling && !m->controlled)
        m->tie_breaker = v;
    *seen = true;
}

static void read_tag(struct reader *value, struct stun_message *m)
{
    if (reader_left(value) != STUN_TAG_BYTES)
        reader_fail(value, ERR_MALFORMED);
    m->tag = read_bytes(value, STUN_TAG_BYTES);
}

static void note_unknown(uint16_t type, struct stun_message *m)
{
    if (type < OPTIONAL_FROM && m->unknown_count < STUN_UNKNOWN_MAX)
        m->unknown[m->unknown_count++] = type;
}

/* One attribute that stands before MESSAGE-INTEGRITY, or that itself. */
static void read_attribute(uint16_t type, struct reader *value, struct stun_message *m)
{
    switch (type) {
    case USERNAME:
        read_text(value, &m->username);
        break;
    case SOFTWARE:
        read_text(value, &m->software);
        break;
    case XOR_MAPPED_ADDRESS:
        read_mapped(value, m);
        break;
    case ERROR_CODE:
        read_error(value, m);
        break;
    case PRIORITY:
        read_priority(value, m);
        break;
    case USE_CANDIDATE:
        m->use_candidate = true;
        break;
    case ICE_CONTROLLING:
        read_role(value, &m->controlling, m);
        break;
    case ICE_CONTROLLED:
        read_role(value, &m->controlled, m);
        break;
    case MESSAGE_INTEGRITY:
        read_tag(value, m);
        break;
    case MAPPED_ADDRESS:
    case UNKNOWN_ATTRIBUTES:
        break;
    default:
        note_unknown(type, m);
    }
}

/* FINGERPRINT is the last attribute and covers all before it (§14.7). */
static void read_fingerprint(const uint8_t *bytes, struct reader *r, struct reader *value,
                             struct stun_message *m)
{
    size_t covered = (size_t)(value->at - bytes) - ATTRIBUTE_BYTES;
    uint32_t crc = read_u32(value);
    if (reader_left(value) || reader_left(r) || (crc ^ FINGERPRINT_XOR) != crc32_of(bytes, covered))
        reader_fail(value, ERR_MALFORMED);
    m->has_fingerprint = true;
}

enum err stun_parse(const uint8_t *bytes, size_t len, struct stun_message *ret_message)
{
    struct stun_message m = {0};
    struct reader r = reader_on(bytes, len);
    enum err e = read_header(&r, len, &m);
    while (!e && reader_left(&r) > 0) {
        uint16_t type = read_u16(&r);
        uint16_t length = read_u16(&r);
        struct reader value = read_part(&r, length);
        read_bytes(&r, -(unsigned)length & 3);
        if (r.error)
            return ERR_MALFORMED;
        if (type == FINGERPRINT)
            read_fingerprint(bytes, &r, &value, &m);
        else if (!m.tag)
            read_attribute(type, &value, &m);
        if (value.error)
            e = value.error == ERR_LONG ? ERR_LONG : ERR_MALFORMED;
    }
    if (!e)
        *ret_message = m;
    return e;
}

enum err stun_covered(const uint8_t *bytes, const struct stun_message *message,
                      struct stun_covered *ret_covered)
{
    if (!message->tag)
        return ERR_AUTH;
    size_t end = (size_t)(message->tag - bytes) + STUN_TAG_BYTES - STUN_HEADER_BYTES;
    memcpy(ret_covered->header, bytes, STUN_HEADER_BYTES);
    ret_covered->header[2] = (uint8_t)(end >> 8);
    ret_covered->header[3] = (uint8_t)end;
    ret_covered->attributes = bytes + STUN_HEADER_BYTES;
    ret_covered->attributes_len = end - INTEGRITY_BYTES;
    return ERR_NONE;
}

enum err stun_peek_username(const uint8_t *bytes, size_t len, struct stun_text *ret_username)
{
    struct reader r = reader_on(bytes, len);
    read_bytes(&r, STUN_HEADER_BYTES);
    while (reader_left(&r) > 0) {
        uint16_t type = read_u16(&r);
        uint16_t length = read_u16(&r);
        const uint8_t *value = read_bytes(&r, length);
        if (value && type == USERNAME && length > 0 && length <= STUN_TEXT_MAX) {
            *ret_username = (struct stun_text){(const char *)value, length};
            return ERR_NONE;
        }
        read_bytes(&r, -(unsigned)length & 3);
    }
    return ERR_UNKNOWN;
}

/* ---- writing ---- */

static void write_attribute(struct writer *w, uint16_t type, const void *value, size_t len)
{
    write_u16(w, type);
    write_u16(w, (uint16_t)len);
    write_bytes(w, value, len);
    write_zeros(w, -(unsigned)len & 3);
}

static void write_number(struct writer *w, uint16_t type, uint64_t v, uint16_t len)
{
    write_u16(w, type);
    write_u16(w, len);
    if (len == 8)
        write_u64(w, v);
    else
        write_u32(w, (uint32_t)v);
}

static void write_mapped(struct writer *w, const struct stun_message *m)
{
    uint8_t value[20] = {0};
    bool v4 = address_is_v4(&m->mapped);
    size_t len = v4 ? 4 : 16;
    uint16_t port = m->mapped.port ^ (uint16_t)(MAGIC >> 16);
    value[1] = v4 ? 1 : 2;
    value[2] = (uint8_t)(port >> 8);
    value[3] = (uint8_t)port;
    memcpy(value + 4, m->mapped.ip + (v4 ? 12 : 0), len);
    xor_address(value + 4, len, m->id);
    write_attribute(w, XOR_MAPPED_ADDRESS, value, 4 + len);
}

static const char *reason_of(uint16_t code)
{
    switch (code) {
    case STUN_ERROR_BAD_REQUEST:
        return "Bad Request";
    case STUN_ERROR_UNAUTHENTICATED:
        return "Unauthenticated";
    case STUN_ERROR_UNKNOWN_ATTRIBUTE:
        return "Unknown Attribute";
    case STUN_ERROR_ROLE_CONFLICT:
        return "Role Conflict";
    default:
        return "Error";
    }
}

static void write_error(struct writer *w, const struct stun_message *m)
{
    const char *reason = reason_of(m->error_code);
    size_t len = strlen(reason);
    write_u16(w, ERROR_CODE);
    write_u16(w, (uint16_t)(4 + len));
    write_u16(w, 0);
    write_u8(w, (uint8_t)(m->error_code / 100));
    write_u8(w, (uint8_t)(m->error_code % 100));
    write_bytes(w, reason, len);
    write_zeros(w, -(unsigned)len & 3);
}

static void write_unknown(struct writer *w, const struct stun_message *m)
{
    uint8_t list[2 * STUN_UNKNOWN_MAX];
    for (size_t i = 0; i < m->unknown_count; i++) {
        list[2 * i] = (uint8_t)(m->unknown[i] >> 8);
        list[2 * i + 1] = (uint8_t)m->unknown[i];
    }
    write_attribute(w, UNKNOWN_ATTRIBUTES, list, 2 * m->unknown_count);
}

static void write_attributes(struct writer *w, const struct stun_message *m)
{
    if (m->error_code)
        write_error(w, m);
    if (m->unknown_count)
        write_unknown(w, m);
    if (m->software.len)
        write_attribute(w, SOFTWARE, m->software.at, m->software.len);
    if (m->has_mapped)
        write_mapped(w, m);
    if (m->has_priority)
        write_number(w, PRIORITY, m->priority, 4);
    if (m->use_candidate)
        write_attribute(w, USE_CANDIDATE, NULL, 0);
    if (m->controlled)
        write_number(w, ICE_CONTROLLED, m->tie_breaker, 8);
    if (m->controlling)
        write_number(w, ICE_CONTROLLING, m->tie_breaker, 8);
    if (m->username.len)
        write_attribute(w, USERNAME, m->username.at, m->username.len);
}

enum err stun_write(const struct stun_message *message, bool sealed, uint8_t *bytes, size_t capacity,
                    size_t *ret_len)
{
    if (message->username.len > STUN_TEXT_MAX || message->software.len > STUN_TEXT_MAX ||
        message->unknown_count > STUN_UNKNOWN_MAX)
        return ERR_LONG;
    struct writer w = writer_on(bytes, capacity);
    write_u16(&w, METHOD_BINDING | class_bits[message->kind]);
    write_u16(&w, 0);
    write_u32(&w, MAGIC);
    write_bytes(&w, message->id, STUN_ID_BYTES);
    write_attributes(&w, message);
    size_t length = writer_len(&w) - STUN_HEADER_BYTES + (sealed ? INTEGRITY_BYTES : 0);
    patch_u16(&w, 2, (uint16_t)length);
    if (!w.error)
        *ret_len = writer_len(&w);
    return w.error;
}

enum err stun_close(uint8_t *bytes, size_t capacity, size_t *len, const uint8_t *tag)
{
    size_t end = *len + (tag ? INTEGRITY_BYTES : 0) + FINGERPRINT_BYTES;
    if (end > capacity)
        return ERR_SPACE;
    struct writer w = writer_on(bytes, capacity);
    w.at += *len;
    if (tag)
        write_attribute(&w, MESSAGE_INTEGRITY, tag, STUN_TAG_BYTES);
    patch_u16(&w, 2, (uint16_t)(end - STUN_HEADER_BYTES));
    write_number(&w, FINGERPRINT, crc32_of(bytes, writer_len(&w)) ^ FINGERPRINT_XOR, 4);
    *len = end;
    return ERR_NONE;
}
