package io.tenantry.worker.registry.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.lease.Member.Holding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final Duration DEAD = Duration.ofSeconds(1);

    @Test
    void oneAloneHasEverything() {
        assertThat(share(List.of(live("a", 16, 0)), "a")).isEqualTo(16);
    }

    @Test
    void theOlderOnesHaveTheRemainder() {
        List<Member> three = List.of(live("a", 16, 6), live("b", 16, 5), live("c", 16, 5));

        assertThat(share(three, "a")).isEqualTo(6);
        assertThat(share(three, "b")).isEqualTo(5);
        assertThat(share(three, "c")).isEqualTo(5);
    }

    @Test
    void whoHasMoreThanItsShareGivesBackAndWhoComesTakesOnlyWhatIsFree() {
        List<Member> two = List.of(live("a", 16, 16), live("b", 16, 0));
        assertThat(share(two, "a")).isEqualTo(8);
        assertThat(share(two, "b")).as("nothing is free yet").isZero();

        assertThat(share(List.of(live("a", 16, 13), live("b", 16, 0)), "b")).isEqualTo(3);
        assertThat(share(List.of(live("a", 16, 8), live("b", 16, 3)), "b")).isEqualTo(8);
    }

    @Test
    void theDeadKeepWhatTheyHaveAndClaimNoMore() {
        List<Member> group = List.of(live("a", 16, 8), dead("b", 16, 8));

        assertThat(share(group, "a")).as("the sessions of b are not gone").isEqualTo(8);
        assertThat(share(List.of(live("a", 16, 8), dead("b", 16, 3)), "a")).isEqualTo(13);
    }

    @Test
    void whoJoinsLastFindsNoSeatWhenThereAreMoreWorkersThanConnections() {
        List<Member> three = List.of(live("a", 2, 1), live("b", 2, 1), live("c", 2, 0));

        assertThat(share(three, "a")).isEqualTo(1);
        assertThat(share(three, "b")).isEqualTo(1);
        assertThat(share(three, "c")).isZero();
        assertThat(new Shares(three).obstacle("c"))
                .isEqualTo(
                        "servers.main.max-connections is 2, and 2 other workers of the group share them; it takes over"
                                + " when one of them leaves: raise servers.main.max-connections, or run fewer workers");
        assertThat(share(List.of(live("b", 2, 1), live("c", 2, 0)), "c")).isEqualTo(1);
    }

    @Test
    void saysWhoHoldsWhatItWaitsFor() {
        assertThat(new Shares(List.of(live("a", 4, 3), dead("b", 4, 1), live("c", 4, 0))).obstacle("c"))
                .contains("all 4 connections of server main are still held, 3 by a, 1 by b (its lease has expired)");
    }

    @Test
    void aWorkerBeginsWithSomethingOfEveryServerOrWithNothing() {
        Member a = member("a", true, Map.of("main", new Holding(16, 8), "second", new Holding(2, 2)));
        Member b = member("b", true, Map.of("main", new Holding(16, 0), "second", new Holding(2, 0)));
        assertThat(new Shares(List.of(a, b)).of("b")).isEqualTo(Map.of("main", 0, "second", 0));

        Member gaveBack = member("a", true, Map.of("main", new Holding(16, 8), "second", new Holding(2, 1)));
        assertThat(new Shares(List.of(gaveBack, b)).of("b")).isEqualTo(Map.of("main", 8, "second", 1));
    }

    @Test
    void whoFindsNoSeatAtOneServerTakesNoShareOfAnother() {
        Map<String, Holding> one = Map.of("main", new Holding(16, 8), "second", new Holding(2, 1));
        List<Member> three = List.of(
                member("a", true, one),
                member("b", true, one),
                member("c", true, Map.of("main", new Holding(16, 0), "second", new Holding(2, 0))));

        assertThat(new Shares(three).of("a")).isEqualTo(Map.of("main", 8, "second", 1));
        assertThat(new Shares(three).of("c")).isEqualTo(Map.of("main", 0, "second", 0));
    }

    @Test
    void ofTwoConfigurationsTheSmallerCapCounts() {
        assertThat(share(List.of(live("a", 16, 8), live("b", 4, 0)), "a")).isEqualTo(2);
        assertThat(share(List.of(live("a", 16, 2), live("b", 4, 2)), "a")).isEqualTo(2);
        assertThat(share(List.of(live("a", 4, 4), live("b", 16, 0)), "b")).isZero();
    }

    @Test
    void whoWorksKeepsOneAlsoWhenTheCapIsLoweredBelowTheNumberOfWorkers() {
        List<Member> group = List.of(live("a", 4, 2), live("b", 4, 2), live("c", 1, 0));

        assertThat(share(group, "a")).isEqualTo(1);
        assertThat(share(group, "b")).isEqualTo(1);
        assertThat(share(group, "c")).isZero();
    }

    @Test
    void aCommandTakesNoMoreThanItWantsAndTheWorkersDivideTheRest() {
        List<Member> three = List.of(live("a", 16, 8), live("b", 16, 8), command("c", 16, 0));

        assertThat(share(three, "a")).isEqualTo(8);
        assertThat(share(three, "b")).isEqualTo(7);
        assertThat(share(List.of(live("a", 16, 8), live("b", 16, 7), command("c", 16, 0)), "c"))
                .isEqualTo(1);
        assertThat(share(List.of(command("c", 16, 1), live("a", 16, 16)), "a")).isEqualTo(15);
        assertThat(share(List.of(command("c", 16, 0), command("d", 16, 0)), "c"))
                .isEqualTo(1);
    }

    @Test
    void aCommandWaitsWhereEachConnectionHasItsWorker() {
        List<Member> three = List.of(live("a", 2, 1), live("b", 2, 1), command("c", 2, 0));

        assertThat(share(three, "a")).isEqualTo(1);
        assertThat(share(three, "c")).isZero();
        assertThat(new Shares(three).obstacle("c")).contains("2 other workers of the group share them");
    }

    /** Whatever happens in whatever order: what all may have is never more than the cap, and in the end all of it. */
    @Test
    void neverSharesOutMoreThanTheCapAndAllOfItInTheEnd() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            int cap = 1 + random.nextInt(20);
            List<Member> group = new ArrayList<>();
            for (int turn = 0; turn < 60; turn++) {
                change(group, cap, random, "w" + turn);
                assertThat(sum(group)).isLessThanOrEqualTo(cap);
            }
            group.removeIf(member -> !member.isLive());
            if (group.isEmpty()) {
                continue;
            }
            for (int turn = 0; turn < 2 * group.size(); turn++) {
                renew(group, turn % group.size(), cap);
            }
            boolean anyWorker = group.stream().limit(cap).anyMatch(member -> member.most() == null);
            assertThat(sum(group)).as("%s", group).isEqualTo(anyWorker ? cap : Math.min(cap, group.size()));
        }
    }

    private static void change(List<Member> group, int cap, Random random, String name) {
        int choice = random.nextInt(6);
        if (choice == 0 || group.isEmpty()) {
            group.add(random.nextInt(4) == 0 ? command(name, cap, 0) : live(name, cap, 0));
            return;
        }
        int index = random.nextInt(group.size());
        Member member = group.get(index);
        if (choice == 1) {
            group.set(index, new Member(member.applicationName(), DEAD, false, member.most(), member.holdings()));
        } else if (choice == 2 && !member.isLive()) {
            group.remove(index);
        } else if (member.isLive()) {
            renew(group, index, cap);
        }
    }

    private static void renew(List<Member> group, int index, int cap) {
        Member member = group.get(index);
        int share = share(List.copyOf(group), member.applicationName());
        Map<String, Holding> holdings = Map.of("main", new Holding(cap, share));
        group.set(index, new Member(member.applicationName(), Duration.ZERO, false, member.most(), holdings));
    }

    private static int sum(List<Member> group) {
        return group.stream().mapToInt(member -> member.connections("main")).sum();
    }

    private static int share(List<Member> group, String name) {
        return new HashMap<>(new Shares(group).of(name)).getOrDefault("main", -1);
    }

    private static Member command(String name, int cap, int connections) {
        return new Member(name, Duration.ZERO, false, 1, Map.of("main", new Holding(cap, connections)));
    }

    private static Member live(String name, int cap, int connections) {
        return member(name, true, Map.of("main", new Holding(cap, connections)));
    }

    private static Member dead(String name, int cap, int connections) {
        return member(name, false, Map.of("main", new Holding(cap, connections)));
    }

    private static Member member(String name, boolean live, Map<String, Holding> holdings) {
        return new Member(name, live ? Duration.ZERO : DEAD, false, null, holdings);
    }
}
