package io.tenantry.worker.operator.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A server on which migrations are tried.
 *
 * @param others servers of the same version of PostgreSQL, for which it stands
 */
record TriedServer(String name, List<String> others) {
    TriedServer {
        others = List.copyOf(others);
    }

    /**
     * The first server of each version, in the order of the servers.
     *
     * @param versions the major version of each server; empty if it cannot be asked, then it stands for itself
     */
    static List<TriedServer> eachVersion(Map<String, OptionalInt> versions) {
        Map<String, List<String>> others = new LinkedHashMap<>();
        Map<Integer, String> first = new LinkedHashMap<>();
        versions.forEach((server, version) -> {
            String known = version.isPresent() ? first.putIfAbsent(version.getAsInt(), server) : null;
            if (known == null) {
                others.put(server, new ArrayList<>());
            } else {
                Objects.requireNonNull(others.get(known)).add(server);
            }
        });
        return others.entrySet().stream()
                .map(one -> new TriedServer(one.getKey(), one.getValue()))
                .toList();
    }
}
