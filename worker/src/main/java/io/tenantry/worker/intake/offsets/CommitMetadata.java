package io.tenantry.worker.intake.offsets;

import java.util.Base64;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a committed offset: the settled offsets beyond it and, for a partition of {@code rollout.requested}, the
 * position of the last published event. There are two formats:
 *
 * <ul>
 *   <li>{@code 1:<set>} without a position; nothing at all if the set is empty, too.
 *   <li>{@code 2:<position>:<set>} with a position. A worker of a release that knows only the first format reads it as an
 *       empty set.
 * </ul>
 *
 * The set is Base64 of a {@link BitSet}. Bit 0 stands for the committed offset.
 *
 * @param settled do not change it
 * @param eventPosition of the last published event; null if there is none
 */
record CommitMetadata(BitSet settled, @Nullable Long eventPosition) {
    /** The broker takes 4096 bytes (offset.metadata.max.bytes). Base64 needs 4 for 3; format and position need 22. */
    static final int MAX_BITS = 3000 * 8;

    private static final String SET = "1:";
    private static final String POSITION_AND_SET = "2:";

    /** Metadata in another format is read as an empty set without a position. */
    static CommitMetadata decode(@Nullable String metadata) {
        if (metadata == null) {
            return none();
        }
        try {
            if (metadata.startsWith(SET)) {
                return new CommitMetadata(set(metadata.substring(SET.length())), null);
            }
            String[] parts = metadata.split(":", -1);
            if (metadata.startsWith(POSITION_AND_SET) && parts.length == 3) {
                return new CommitMetadata(set(parts[2]), Long.valueOf(parts[1]));
            }
            return none();
        } catch (IllegalArgumentException notOurs) {
            return none();
        }
    }

    private static CommitMetadata none() {
        return new CommitMetadata(new BitSet(), null);
    }

    private static BitSet set(String base64) {
        return BitSet.valueOf(Base64.getDecoder().decode(base64));
    }

    /** As many of the settled offsets as fit. */
    String encode() {
        BitSet fitting = settled.length() <= MAX_BITS ? settled : settled.get(0, MAX_BITS);
        String set = Base64.getEncoder().encodeToString(fitting.toByteArray());
        if (eventPosition != null) {
            return POSITION_AND_SET + eventPosition + ':' + set;
        }
        return set.isEmpty() ? "" : SET + set;
    }
}
