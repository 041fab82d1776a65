package io.tenantry.worker.registry.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the servers' connections are divided: each living worker aims at cap / workers, and the older ones at one more if
 * there is a remainder. A worker gives up what it has beyond its aim at once, and takes more only when it is free. It
 * begins with at least one connection of every server, or with none at all. If there are more workers than connections,
 * those that joined last get none. A command that wants only so many gets no more, and the workers divide the rest.
 * Dead workers count with what they still hold. Immutable.
 */
final class Shares {
    private final List<Member> members;

    /** @param members in the order in which they joined */
    Shares(List<Member> members) {
        this.members = List.copyOf(members);
    }

    /** What a worker may use from now on, by server: all positive, or all zero. */
    Map<String, Integer> of(String applicationName) {
        Member self = member(applicationName);
        Map<String, Integer> targets = targets(self);
        Map<String, Integer> shares = new LinkedHashMap<>();
        for (String server : new TreeMap<>(self.holdings()).keySet()) {
            int held = self.connections(server);
            int target = targets.getOrDefault(server, 0);
            if (held == 0) {
                shares.put(server, Math.min(target, room(server, self)));
            } else {
                // A worker that has connections keeps one, even if the cap was lowered below the number of workers.
                target = Math.max(1, target);
                shares.put(server, Math.min(target, Math.max(held, room(server, self))));
            }
        }
        if (shares.values().stream().anyMatch(share -> share < 1)) {
            shares.replaceAll((server, share) -> 0);
        }
        return shares;
    }

    /** Why a worker that may use nothing has to wait. */
    String obstacle(String applicationName) {
        Member self = member(applicationName);
        Map<String, Integer> targets = targets(self);
        for (String server : new TreeMap<>(self.holdings()).keySet()) {
            if (!targets.containsKey(server)) {
                return "servers." + server + ".max-connections is " + cap(server) + ", and "
                        + seated(server, applicationName) + " other workers of the group share them; it takes over when"
                        + " one of them leaves: raise servers." + server + ".max-connections, or run fewer workers";
            }
            if (room(server, self) < 1) {
                List<String> holders = members.stream()
                        .filter(member -> !member.equals(self) && member.connections(server) > 0)
                        .map(member -> member.connections(server) + " by " + member.applicationName()
                                + (member.isLive() ? "" : " (its lease has expired)"))
                        .toList();
                return "all " + cap(server) + " connections of server " + server + " are still held, "
                        + String.join(", ", holders) + "; they give back what is not in use, and the sessions of a dead"
                        + " worker are ended: wait, or look for long statements in pg_stat_activity";
            }
        }
        return "nothing";
    }

    private Member member(String applicationName) {
        return members.stream()
                .filter(member -> member.applicationName().equals(applicationName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member " + applicationName));
    }

    /** Empty if the worker gets none. */
    private Map<String, Integer> targets(Member self) {
        Map<String, List<Member>> seated = new HashMap<>();
        for (Member member : members) {
            Set<String> servers = member.holdings().keySet();
            if (member.isLive()
                    && servers.stream()
                            .allMatch(server ->
                                    seated.getOrDefault(server, List.of()).size() < cap(server))) {
                servers.forEach(server -> seated.computeIfAbsent(server, none -> new ArrayList<>())
                        .add(member));
            }
        }
        Map<String, Integer> targets = new HashMap<>();
        seated.forEach((server, holders) -> {
            if (holders.contains(self)) {
                targets.put(server, target(self, holders, cap(server)));
            }
        });
        return targets;
    }

    /** @param seated at most as many as the cap, so that there is one connection for each */
    private static int target(Member self, List<Member> seated, int cap) {
        int each = cap / seated.size();
        if (self.most() != null) {
            return Math.min(self.most(), each);
        }
        int free = cap;
        List<Member> workers = new ArrayList<>();
        for (Member member : seated) {
            if (member.most() == null) {
                workers.add(member);
            } else {
                free -= Math.min(member.most(), each);
            }
        }
        return free / workers.size() + (workers.indexOf(self) < free % workers.size() ? 1 : 0);
    }

    private long seated(String server, String exceptFor) {
        return Math.min(
                cap(server),
                members.stream()
                        .filter(member -> member.isLive()
                                && !member.applicationName().equals(exceptFor)
                                && member.holdings().containsKey(server))
                        .count());
    }

    /** The smallest cap counts, if workers are configured differently, as during a rolling replacement. */
    private int cap(String server) {
        return members.stream()
                .filter(member -> member.isLive() && member.holdings().containsKey(server))
                .mapToInt(member -> member.holdings().get(server).cap())
                .min()
                .orElse(0);
    }

    /** What all other workers, living or dead, leave for this one. */
    private int room(String server, Member self) {
        return cap(server)
                - members.stream()
                        .filter(member -> !member.equals(self))
                        .mapToInt(member -> member.connections(server))
                        .sum();
    }
}
