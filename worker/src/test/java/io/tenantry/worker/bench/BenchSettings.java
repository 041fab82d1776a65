package io.tenantry.worker.bench;

/**
 * How much is measured.
 *
 * @param tenants of each contestant in each round
 * @param rounds how often all is repeated
 * @param connections of each contestant, and threads
 * @param rivals whether the contestants are compared
 * @param growth whether the cost in a database of thousands of schemas is measured
 * @param signups whether the time of single signups is measured
 */
record BenchSettings(int tenants, int rounds, int connections, boolean rivals, boolean growth, boolean signups) {
    /**
     * From the system properties bench.tenants, bench.rounds, bench.connections, and bench.growth and bench.signups (true,
     * or only).
     */
    static BenchSettings ofThisProcess() {
        String growth = choice("bench.growth");
        String signups = choice("bench.signups");
        return new BenchSettings(
                Integer.getInteger("bench.tenants", 500),
                Integer.getInteger("bench.rounds", 3),
                Integer.getInteger("bench.connections", 8),
                !growth.equals("only") && !signups.equals("only"),
                !growth.equals("false"),
                !signups.equals("false"));
    }

    private static String choice(String property) {
        String value = System.getProperty(property, "false");
        return value.isEmpty() ? "true" : value;
    }

    /**
     * On how many other tenants every contestant does the same before, unmeasured: a worker that has just been deployed
     * runs bytecode that is not compiled yet, for some hundred requests.
     */
    int warmUp() {
        return tenants;
    }
}
