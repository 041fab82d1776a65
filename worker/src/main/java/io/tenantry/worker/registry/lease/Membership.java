package io.tenantry.worker.registry.lease;

import io.tenantry.worker.postgres.connection.DedicatedConnection;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.lease.Member.Holding;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This worker's membership in its group, which it renews at intervals. For use by one thread. */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** The state of this worker's membership. */
    enum State {
        /** It is a member, or about to be one, and has no connections. */
        WAITING,
        /** It has at least one connection of every server. */
        HOLDING,
        /** Its lease expired, and others took its place: it joins again when its last session is gone. */
        EXPELLED
    }

    /** What a transaction has found; it wrote nothing if this worker is expelled. */
    private record Renewal(boolean expelled, List<Member> members, Map<String, Integer> shares) {}

    private final DedicatedConnection registry;
    private final LeaseTable table;
    private final Lease lease;
    private final Map<String, Server> servers;
    private final LeaseTerms terms;
    private final Advertisement advertisement;
    private final Renewals renewals;
    private final String firstName;
    private int names = 1;
    private String name;
    private List<String> former = List.of();
    private State state = State.WAITING;
    private boolean joined;
    private List<Member> members = List.of();
    private Map<String, Integer> shares = Map.of();
    private long steadySince;
    private long renewedAt;

    Membership(
            DedicatedConnection registry,
            LeaseTable table,
            Lease lease,
            Map<String, Server> servers,
            LeaseTerms terms,
            Advertisement advertisement) {
        this.registry = registry;
        this.table = table;
        this.lease = lease;
        this.servers = servers;
        this.terms = terms;
        this.advertisement = advertisement;
        this.renewals = new Renewals(terms.lease());
        this.firstName = lease.applicationName();
        this.name = firstName;
        this.steadySince = System.nanoTime();
        this.renewedAt = steadySince;
    }

    State state() {
        return state;
    }

    /** The application name of its sessions. */
    String name() {
        return name;
    }

    /** All of the group, in the order in which they joined, as of the last renewal. */
    List<Member> members() {
        return members;
    }

    /** Whether it still has more connections than it may use, and should report soon that it has given them back. */
    boolean givesBack() {
        return servers.values().stream()
                .anyMatch(server -> server.connections() > shares.getOrDefault(server.name(), 0));
    }

    /** Renews the lease, and takes what this worker may have now. */
    void renew() throws SQLException {
        if (state == State.EXPELLED) {
            if (givesBack()) {
                return;
            }
            state = State.WAITING;
        }
        long start = System.nanoTime();
        Renewal renewal = registry.inTransaction(this::renew);
        if (renewal.expelled()) {
            expelled();
            return;
        }
        joined = true;
        advertisement.committed();
        former = List.of();
        renewedAt = start;
        members = renewal.members();
        lease.renew(start + terms.lease().toNanos());
        use(renewal.shares());
        state = shares.values().stream().allMatch(share -> share > 0) ? State.HOLDING : State.WAITING;
    }

    private Renewal renew(Connection connection) throws SQLException {
        table.lock(connection);
        for (String gone : former) {
            table.forget(connection, gone);
        }
        long asked = System.nanoTime();
        List<LeaseTable.Row> read = table.members(connection);
        List<Member> found = renewals.judge(read, asked, System.nanoTime());
        Optional<Member> known = found.stream()
                .filter(member -> member.applicationName().equals(name))
                .findFirst();
        if (known.isPresent() ? known.get().fenced() : joined) {
            return new Renewal(true, found, Map.of());
        }
        List<Member> group = withSelf(found, known);
        Map<String, Integer> next = new Shares(group).of(name);
        Map<String, Holding> rows = new LinkedHashMap<>();
        for (Server server : servers.values()) {
            int share = next.getOrDefault(server.name(), 0);
            boolean less = share
                    < known.map(member -> member.connections(server.name())).orElse(0);
            // Connections must not be used any more when others read that they are free.
            rows.put(server.name(), new Holding(server.bulkhead().cap(), less ? server.share(share) : share));
        }
        table.renew(connection, name, terms, rows);
        advertisement.write(connection, name);
        table.fence(connection, dead(group));
        return new Renewal(false, group, next);
    }

    /** This worker as it is after the renewal: alive, with the caps of its own configuration. */
    private List<Member> withSelf(List<Member> found, Optional<Member> known) {
        Map<String, Holding> holdings = new LinkedHashMap<>();
        for (Server server : servers.values()) {
            holdings.put(
                    server.name(),
                    new Holding(
                            server.bulkhead().cap(),
                            known.map(member -> member.connections(server.name()))
                                    .orElse(0)));
        }
        Member self = new Member(name, Duration.ZERO, false, terms.most(), holdings);
        List<Member> group = new ArrayList<>(found);
        if (known.isPresent()) {
            group.set(group.indexOf(known.get()), self);
        } else {
            group.add(self);
        }
        return group;
    }

    /**
     * The members whose lease has expired while this worker renewed its own without a break. After an outage of the
     * registry all leases have expired, and each member gets time to renew.
     */
    private List<Member> dead(List<Member> group) {
        long now = System.nanoTime();
        if (now - renewedAt > terms.patience().toNanos()) {
            steadySince = now;
        }
        if (now - steadySince < terms.patience().toNanos()) {
            return List.of();
        }
        return group.stream()
                .filter(member -> !member.isLive() && !member.fenced())
                .toList();
    }

    private void expelled() {
        String old = name;
        name = firstName + "." + ++names;
        lease.end(name);
        joined = false;
        former = List.of(old);
        state = State.EXPELLED;
        use(Map.of());
        LOG.warn(
                "the lease of this worker ({}) ran out, and other workers have taken over its connections: its sessions are"
                        + " ended, their work is tried again, and this worker joins again as {}",
                old,
                name);
    }

    private void use(Map<String, Integer> now) {
        if (!now.equals(shares) && now.values().stream().anyMatch(share -> share > 0)) {
            LOG.info("connections of this worker: {}; {} workers", now, workers());
        }
        shares = now;
        servers.values().forEach(server -> server.share(now.getOrDefault(server.name(), 0)));
    }

    private long workers() {
        return members.stream().filter(member -> member.most() == null).count();
    }

    /** Gives everything back; other workers end the sessions that are still open. */
    void leave() throws SQLException {
        boolean gone = servers.values().stream().allMatch(server -> server.connections() == 0);
        registry.inTransaction(connection -> {
            table.lock(connection);
            if (gone) {
                for (String old : former) {
                    table.forget(connection, old);
                }
                table.forget(connection, name);
            } else {
                table.fence(
                        connection,
                        table.members(connection).stream()
                                .filter(row -> row.applicationName().equals(name))
                                .map(row -> new Member(name, Duration.ZERO, false, row.most(), row.holdings()))
                                .toList());
            }
            return gone;
        });
    }
}
