package io.tenantry.worker.bench;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is measured.
 *
 * @param tenants of each contestant in each round
 * @param rounds how often all is repeated
 * @param connections of each contestant, and threads
 * @param parts what is measured
 * @param sizes of single parts
 */
record BenchSettings(int tenants, int rounds, int connections, Set<Part> parts, Sizes sizes) {
    /** Something to measure. */
    enum Part {
        /** Whether the contestants are compared. */
        RIVALS(""),
        /** The upgrade of tenants that were adopted. */
        ADOPTED("bench.adopted"),
        /** The cost in a database of thousands of schemas. */
        GROWTH("bench.growth"),
        /** The time of single signups. */
        SIGNUPS("bench.signups"),
        /** A rollout beside the same upgrades that are published by hand. */
        ROLLOUT("bench.rollout"),
        /** A rollout over tenants that are at the target. */
        ROLLOUT_NOOP("bench.rollout-noop"),
        /** The time of single signups while rollouts follow one another. */
        ROLLOUT_SIGNUPS("bench.rollout-signups");

        private final String property;

        Part(String property) {
            this.property = property;
        }

        private String choice() {
            String value = System.getProperty(property, "false");
            return value.isEmpty() ? "true" : value;
        }
    }

    /**
     * Of single parts.
     *
     * @param tenants of a rollout
     * @param concurrency of the rollouts that have more than by default
     * @param registered tenants at the target
     * @param seconds for which rollouts follow one another
     * @param schemas of the largest database of the growth
     */
    record Sizes(int tenants, int concurrency, int registered, int seconds, int schemas) {}

    BenchSettings {
        parts = Set.copyOf(parts);
    }

    /**
     * From the system properties bench.tenants, bench.rounds, bench.connections, bench.rollout.tenants and so on; and those of
     * the {@link Part}s, which are true, or only.
     */
    static BenchSettings ofThisProcess() {
        Set<Part> all = EnumSet.complementOf(EnumSet.of(Part.RIVALS));
        Set<Part> parts = all.stream()
                .filter(part -> !part.choice().equals("false"))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
        if (all.stream().noneMatch(part -> part.choice().equals("only"))) {
            parts.add(Part.RIVALS);
        }
        return new BenchSettings(
                Integer.getInteger("bench.tenants", 500),
                Integer.getInteger("bench.rounds", 3),
                Integer.getInteger("bench.connections", 8),
                parts,
                new Sizes(
                        Integer.getInteger("bench.rollout.tenants", 5000),
                        Integer.getInteger("bench.rollout.concurrency", 128),
                        Integer.getInteger("bench.rollout.registered", 10_000),
                        Integer.getInteger("bench.rollout.seconds", 120),
                        Integer.getInteger("bench.growth.schemas", 6000)));
    }

    boolean measures(Part part) {
        return parts.contains(part);
    }

    /**
     * On how many other tenants every contestant does the same before, unmeasured: a worker that has just been deployed
     * runs bytecode that is not compiled yet, for some hundred requests.
     */
    int warmUp() {
        return tenants;
    }

    @Override
    public String toString() {
        String names = Stream.of(Part.values())
                .filter(this::measures)
                .map(part -> part.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
        return names + "; " + tenants + " tenants, " + rounds + " rounds, " + connections + " connections; " + sizes;
    }
}
