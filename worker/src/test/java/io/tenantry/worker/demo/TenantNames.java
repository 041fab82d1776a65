package io.tenantry.worker.demo;

import java.util.List;

/** Names for tenants, the same in every run. */
final class TenantNames {
    private static final List<String> FIRST =
            List.of("amber", "brisk", "clear", "dapper", "eager", "fresh", "golden", "happy", "ivory", "jolly");
    private static final List<String> SECOND =
            List.of("bakery", "books", "cycles", "dental", "farms", "florist", "garage", "labs", "press", "travel");

    private TenantNames() {}

    /** A hundred. */
    static List<String> all() {
        return FIRST.stream()
                .flatMap(first -> SECOND.stream().map(second -> first + "_" + second))
                .toList();
    }
}
