package io.tenantry.worker.guarantee;

import io.tenantry.worker.config.GroupProtocol;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * One run of a row of the table.
 *
 * @param seed decides what is left to chance: which worker is killed, and when
 */
record Round(GroupProtocol protocol, long seed) {
    /** The system property that gives the seeds, separated by commas. */
    static final String PROPERTY = "tenantry.guarantee.seeds";

    private static final int SEEDS_OF_CHAOS = 3;

    /** At small size under {@code classic} alone. */
    static Stream<Round> usual() {
        return rounds(
                SEEDS_OF_CHAOS, Scale.isFull() ? List.of(GroupProtocol.values()) : List.of(GroupProtocol.CLASSIC));
    }

    /** Under both protocols at every size. */
    static Stream<Round> bothProtocols() {
        return rounds(SEEDS_OF_CHAOS, List.of(GroupProtocol.values()));
    }

    /** The same with one seed, for a row that takes long, unless the property gives several. */
    static Stream<Round> oneOfEachProtocol() {
        return rounds(1, List.of(GroupProtocol.values()));
    }

    private static Stream<Round> rounds(int ofChaos, List<GroupProtocol> protocols) {
        return seeds(ofChaos).stream().flatMap(seed -> protocols.stream().map(protocol -> new Round(protocol, seed)));
    }

    private static List<Long> seeds(int ofChaos) {
        String given = System.getProperty(PROPERTY, "");
        if (!given.isBlank()) {
            return Arrays.stream(given.split(","))
                    .map(String::strip)
                    .map(Long::valueOf)
                    .toList();
        }
        if (!Scale.isFull()) {
            return List.of(1L);
        }
        return ThreadLocalRandom.current().longs(ofChaos, 1, 1_000_000).boxed().toList();
    }

    /** How to run the same again. */
    String howToRepeat() {
        return "-D" + PROPERTY + "=" + seed + " -D" + Scale.PROPERTY + "=" + (Scale.isFull() ? "full" : "small");
    }

    @Override
    public String toString() {
        return protocol.name().toLowerCase(Locale.ROOT) + ", seed " + seed;
    }
}
