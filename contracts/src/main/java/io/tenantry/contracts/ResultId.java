package io.tenantry.contracts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** The id of a result, made from its request: the same request always gets the same one, so repeats can be dropped. */
public final class ResultId {
    /** Never changes. */
    public static final UUID NAMESPACE = UUID.fromString("649fb5d9-bdfb-45f0-8ed4-453432bea0b1");

    /** Never updated: a copy of it costs less than a look at the list of security providers. */
    private static final MessageDigest EMPTY = newDigest();

    private ResultId() {}

    /**
     * The {@code ce_id} of the result of a request.
     *
     * @param source the {@code ce_source} of the request
     * @param id the {@code ce_id} of the request
     * @param requestType the {@code ce_type} of the request
     */
    public static String of(String source, String id, String requestType) {
        return uuid5(NAMESPACE, source + '\n' + id + '\n' + requestType).toString();
    }

    /** A name-based UUID with SHA-1, <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.5">RFC 9562, 5.5</a>. */
    static UUID uuid5(UUID namespace, String name) {
        MessageDigest sha1 = copyOfEmpty();
        sha1.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = (hash.getLong() & ~0xF000L) | 0x5000L;
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static MessageDigest copyOfEmpty() {
        try {
            return (MessageDigest) EMPTY.clone();
        } catch (CloneNotSupportedException ofThisProvider) {
            return newDigest();
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
