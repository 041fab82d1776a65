package io.tenantry.worker.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, for names, keys of locks and comparisons. It may be read once. For use by one thread. */
public final class Sha256 {
    /** Never updated: a copy of it costs less than a look at the list of security providers. */
    private static final MessageDigest EMPTY = newDigest();

    private final MessageDigest digest;

    /** Of nothing yet. */
    public Sha256() {
        digest = copyOfEmpty();
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
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Adds these bytes to what is digested. */
    public Sha256 add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds a text in UTF-8. */
    public Sha256 add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The 32 bytes of the digest. */
    public byte[] bytes() {
        return digest.digest();
    }

    /**
     * The digest in lower-case hex.
     *
     * @param bytes how many of its bytes from the first on, up to 32
     */
    public String hex(int bytes) {
        return HexFormat.of().formatHex(bytes(), 0, bytes);
    }

    /** The whole digest in lower-case hex. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}
