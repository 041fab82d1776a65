package io.tenantry.worker.registry;

import io.tenantry.worker.config.ServerShare;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** How many tenants each server of one named database has, and which server the next one goes to. For one thread. */
final class ServerRoom {
    private final List<ServerShare> shares;
    private final Map<String, Long> taken;

    /** @param taken tenants by server, those included whose home is not registered yet */
    ServerRoom(List<ServerShare> shares, Map<String, Long> taken) {
        this.shares = List.copyOf(shares);
        this.taken = new HashMap<>(taken);
    }

    /**
     * The server with the most free room. If one of them has no limit, the one with the fewest tenants of those that have
     * room. The first of equals.
     *
     * @return empty if all are full
     */
    Optional<String> next() {
        boolean limited = shares.stream().allMatch(share -> share.maxTenants().isPresent());
        Comparator<ServerShare> order =
                limited ? Comparator.comparingLong(share -> -free(share)) : Comparator.comparingLong(this::taken);
        return shares.stream().filter(share -> free(share) > 0).min(order).map(ServerShare::server);
    }

    /** Another tenant goes to this server. */
    void take(String server) {
        taken.merge(server, 1L, Long::sum);
    }

    private long free(ServerShare share) {
        OptionalInt most = share.maxTenants();
        return most.isPresent() ? most.getAsInt() - taken(share) : Long.MAX_VALUE;
    }

    private long taken(ServerShare share) {
        return taken.getOrDefault(share.server(), 0L);
    }

    /** For a message, as {@code a 1000 of 1000, b 7}. */
    @Override
    public String toString() {
        return shares.stream()
                .map(share -> share.server() + " " + taken(share)
                        + (share.maxTenants().isPresent()
                                ? " of " + share.maxTenants().getAsInt()
                                : ""))
                .collect(Collectors.joining(", "));
    }
}
