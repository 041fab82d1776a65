package io.tenantry.worker.registry.rollout;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** How the counts of waves, and of failed requests, change in a transaction. For use by one thread. */
final class CountChanges {
    /** A member before or after its change. */
    record Member(
            String rollout,
            int wave,
            MemberState state,
            @Nullable String code,
            boolean counted) {}

    private record Wave(String rollout, int wave) {}

    private record Failure(String rollout, String code) {}

    private static final class Change {
        private int inFlight;
        private int completed;
        private int upToDate;
        private int failed;
        private int skipped;
        private int counted;
    }

    private final Map<Wave, Change> waves =
            new TreeMap<>(Comparator.comparing(Wave::rollout).thenComparing(Wave::wave));
    private final Map<Failure, Integer> failures =
            new TreeMap<>(Comparator.comparing(Failure::rollout).thenComparing(Failure::code));

    /** @param inFlight whether it was sent and not answered */
    void before(Member member, boolean inFlight) {
        add(member, -1);
        if (inFlight) {
            of(member).inFlight--;
        }
    }

    void after(Member member) {
        add(member, 1);
    }

    private void add(Member member, int by) {
        Change wave = of(member);
        switch (member.state()) {
            case PENDING -> {}
            case COMPLETED -> wave.completed += by;
            case UP_TO_DATE -> wave.upToDate += by;
            case SKIPPED -> wave.skipped += by;
            case FAILED -> {
                wave.failed += by;
                failures.merge(new Failure(member.rollout(), String.valueOf(member.code())), by, Integer::sum);
            }
        }
        wave.counted += member.counted() ? by : 0;
    }

    private Change of(Member member) {
        return waves.computeIfAbsent(new Wave(member.rollout(), member.wave()), added -> new Change());
    }

    /** The waves are locked last, in their order. */
    void write(Connection connection) throws SQLException {
        failures.values().removeIf(by -> by == 0);
        if (!failures.isEmpty()) {
            writeFailures(connection);
        }
        if (!waves.isEmpty()) {
            writeWaves(connection);
        }
    }

    private void writeFailures(Connection connection) throws SQLException {
        List<Failure> keys = List.copyOf(failures.keySet());
        Object rollouts =
                array(connection, "text", keys.stream().map(Failure::rollout).toList());
        Object codes =
                array(connection, "text", keys.stream().map(Failure::code).toList());
        Sql.update(
                connection,
                "INSERT INTO tenantry.rollout_failure AS known (rollout, code, requests) SELECT * FROM unnest(?::text[],"
                        + " ?::text[], ?::int[]) ON CONFLICT (rollout, code) DO UPDATE SET requests = known.requests +"
                        + " excluded.requests",
                rollouts,
                codes,
                array(connection, "int4", List.copyOf(failures.values())));
        if (failures.values().stream().anyMatch(by -> by < 0)) {
            Sql.update(
                    connection,
                    "DELETE FROM tenantry.rollout_failure WHERE requests <= 0 AND (rollout, code) IN (SELECT * FROM"
                            + " unnest(?::text[], ?::text[]))",
                    rollouts,
                    codes);
        }
    }

    private void writeWaves(Connection connection) throws SQLException {
        List<Wave> keys = List.copyOf(waves.keySet());
        Sql.update(
                connection,
                "WITH change AS (SELECT * FROM unnest(?::text[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[],"
                        + " ?::int[], ?::int[]) AS c (rollout, wave, in_flight, completed, up_to_date, failed, skipped,"
                        + " counted)), locked AS MATERIALIZED (SELECT w.rollout, w.wave FROM tenantry.rollout_wave w JOIN"
                        + " change USING (rollout, wave) ORDER BY w.rollout, w.wave FOR NO KEY UPDATE OF w)"
                        + " UPDATE tenantry.rollout_wave w SET in_flight = w.in_flight + c.in_flight, completed ="
                        + " w.completed + c.completed, up_to_date = w.up_to_date + c.up_to_date, failed = w.failed +"
                        + " c.failed, skipped = w.skipped + c.skipped, counted = w.counted + c.counted FROM locked JOIN"
                        + " change c USING (rollout, wave) WHERE w.rollout = locked.rollout AND w.wave = locked.wave",
                array(connection, "text", keys.stream().map(Wave::rollout).toList()),
                array(connection, "int4", keys.stream().map(Wave::wave).toList()),
                counts(connection, change -> change.inFlight),
                counts(connection, change -> change.completed),
                counts(connection, change -> change.upToDate),
                counts(connection, change -> change.failed),
                counts(connection, change -> change.skipped),
                counts(connection, change -> change.counted));
    }

    private Object counts(Connection connection, ToIntFunction<Change> count) throws SQLException {
        return array(
                connection,
                "int4",
                waves.values().stream().mapToInt(count).boxed().toList());
    }

    private static Object array(Connection connection, String type, List<?> values) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }
}
