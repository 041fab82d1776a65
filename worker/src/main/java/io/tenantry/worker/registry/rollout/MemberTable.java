package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutIds;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The SQL of members. Without state: every method works in the caller's transaction, which has locked the rollout's row. Each
 * method changes the counts of the waves together with the members, and locks the waves in their order.
 */
public final class MemberTable {
    private static final String OF_ATTEMPT = "shared, key, databases, attempt, request_id";

    private record Next(boolean shared, String key, int wave, int attempt, boolean counted, String requestId) {}

    /** Inserts the members of a new plan, each with its first attempt. */
    public void insert(Connection connection, String rollout, Collection<NewMember> members) throws SQLException {
        String sql = "INSERT INTO tenantry.rollout_member (rollout, shared, key, databases, wave, request_id) SELECT ?,"
                + " m.shared, m.key, string_to_array(m.databases, ','), m.wave, m.request_id FROM unnest(?::bool[],"
                + " ?::text[], ?::text[], ?::int[], ?::text[]) AS m (shared, key, databases, wave, request_id)";
        Sql.update(
                connection,
                sql,
                rollout,
                array(
                        connection,
                        "bool",
                        members.stream().map(NewMember::shared).toList()),
                array(connection, "text", members.stream().map(NewMember::key).toList()),
                array(
                        connection,
                        "text",
                        members.stream()
                                .map(member -> String.join(",", member.databases()))
                                .toList()),
                array(connection, "int4", members.stream().map(NewMember::wave).toList()),
                array(
                        connection,
                        "text",
                        members.stream()
                                .map(member -> RolloutIds.request(rollout, member.key(), member.shared(), 1))
                                .toList()));
    }

    /** All members of a rollout. */
    public List<NewMember> all(Connection connection, String rollout) throws SQLException {
        return Sql.query(
                connection,
                "SELECT shared, key, databases, wave FROM tenantry.rollout_member WHERE rollout = ?",
                row -> new NewMember(
                        row.getBoolean("shared"), row.getString("key"), databases(row), row.getInt("wave")),
                rollout);
    }

    /**
     * Claims attempts that were not sent, those of {@code retry-failed} first, and counts them as in flight.
     *
     * @param halts of the rollout: a halt before this does not skip them
     * @param upToWave of the others, those of waves up to this one; 0: none
     * @param limit at most so many
     */
    public List<ClaimedAttempt> claim(Connection connection, String rollout, int halts, int upToWave, int limit)
            throws SQLException {
        List<ClaimedAttempt> claimed = new ArrayList<>();
        Map<Integer, Integer> byWave = new TreeMap<>();
        claim(connection, byWave, claimed, "retry ORDER BY key", rollout, halts, limit);
        if (upToWave > 0 && claimed.size() < limit) {
            claim(
                    connection,
                    byWave,
                    claimed,
                    "wave <= " + upToWave + " ORDER BY wave, key",
                    rollout,
                    halts,
                    limit - claimed.size());
        }
        for (Map.Entry<Integer, Integer> wave : byWave.entrySet()) {
            Sql.update(
                    connection,
                    "UPDATE tenantry.rollout_wave SET in_flight = in_flight + ? WHERE rollout = ? AND wave = ?",
                    wave.getValue(),
                    rollout,
                    wave.getKey());
        }
        return claimed;
    }

    private static void claim(
            Connection connection,
            Map<Integer, Integer> byWave,
            List<ClaimedAttempt> claimed,
            String which,
            String rollout,
            int halts,
            int limit)
            throws SQLException {
        // Materialized: a join could run the limited query more than once, and claim more.
        String sql =
                "WITH n AS MATERIALIZED (SELECT shared, key FROM tenantry.rollout_member WHERE rollout = ? AND state ="
                        + " 'pending' AND sent_at IS NULL AND " + which
                        + " LIMIT ? FOR UPDATE) UPDATE tenantry.rollout_member m"
                        + " SET sent_at = now(), halts = ? FROM n WHERE m.rollout = ? AND m.shared = n.shared AND m.key = n.key RETURNING"
                        + " m.wave, m.shared, m.key, m.databases, m.attempt, m.request_id";
        Sql.forEach(
                connection,
                sql,
                row -> {
                    claimed.add(read(row));
                    byWave.merge(row.getInt("wave"), 1, Integer::sum);
                },
                rollout,
                limit,
                halts,
                rollout);
    }

    /** The attempts that were claimed and have no answer; some of them may never have been sent. */
    public List<ClaimedAttempt> inFlight(Connection connection, String rollout) throws SQLException {
        return Sql.query(
                connection,
                "SELECT " + OF_ATTEMPT + " FROM tenantry.rollout_member WHERE rollout = ? AND state = 'pending' AND"
                        + " sent_at IS NOT NULL",
                MemberTable::read,
                rollout);
    }

    /**
     * Makes the next attempt of each member in this state.
     *
     * @param state failed or skipped
     * @param halts of the rollout
     * @param retry whether the attempts are sent in any state of the rollout
     * @return how many
     */
    public int nextAttempts(Connection connection, String rollout, MemberState state, int halts, boolean retry)
            throws SQLException {
        List<Next> next = Sql.query(
                connection,
                "SELECT shared, key, wave, attempt + 1 AS attempt, counted FROM tenantry.rollout_member WHERE rollout ="
                        + " ? AND state = ? AND state IN ('failed', 'skipped') FOR UPDATE",
                row -> new Next(
                        row.getBoolean("shared"),
                        row.getString("key"),
                        row.getInt("wave"),
                        row.getInt("attempt"),
                        row.getBoolean("counted"),
                        RolloutIds.request(
                                rollout, row.getString("key"), row.getBoolean("shared"), row.getInt("attempt"))),
                rollout,
                state.label());
        if (next.isEmpty()) {
            return 0;
        }
        String sql = "UPDATE tenantry.rollout_member m SET state = 'pending', attempt = n.attempt, request_id ="
                + " n.request_id, halts = ?, retry = ?, counted = false, dead = false, code = NULL, sent_at = NULL,"
                + " ended_at = NULL FROM unnest(?::bool[], ?::text[], ?::int[], ?::text[]) AS n (shared, key, attempt,"
                + " request_id) WHERE m.rollout = ? AND m.shared = n.shared AND m.key = n.key";
        Sql.update(
                connection,
                sql,
                halts,
                retry,
                array(connection, "bool", next.stream().map(Next::shared).toList()),
                array(connection, "text", next.stream().map(Next::key).toList()),
                array(connection, "int4", next.stream().map(Next::attempt).toList()),
                array(connection, "text", next.stream().map(Next::requestId).toList()),
                rollout);
        uncount(connection, rollout, state, next);
        return next.size();
    }

    private static void uncount(Connection connection, String rollout, MemberState state, List<Next> next)
            throws SQLException {
        Map<Integer, List<Next>> byWave = new TreeMap<>();
        next.forEach(one ->
                byWave.computeIfAbsent(one.wave(), wave -> new ArrayList<>()).add(one));
        for (Map.Entry<Integer, List<Next>> wave : byWave.entrySet()) {
            int members = wave.getValue().size();
            boolean failed = state == MemberState.FAILED;
            Sql.update(
                    connection,
                    "UPDATE tenantry.rollout_wave SET failed = failed - ?, skipped = skipped - ?, counted = counted - ?"
                            + " WHERE rollout = ? AND wave = ?",
                    failed ? members : 0,
                    failed ? 0 : members,
                    (int) wave.getValue().stream().filter(Next::counted).count(),
                    rollout,
                    wave.getKey());
        }
    }

    /** Failures so far do not count towards the halt any more. Those that are written meanwhile do. */
    public void acknowledge(Connection connection, String rollout) throws SQLException {
        Map<Integer, Integer> byWave = new TreeMap<>();
        Sql.forEach(
                connection,
                "UPDATE tenantry.rollout_member SET counted = false WHERE rollout = ? AND state IN ('failed',"
                        + " 'skipped') AND counted RETURNING wave",
                row -> byWave.merge(row.getInt(1), 1, Integer::sum),
                rollout);
        for (Map.Entry<Integer, Integer> wave : byWave.entrySet()) {
            Sql.update(
                    connection,
                    "UPDATE tenantry.rollout_wave SET counted = counted - ? WHERE rollout = ? AND wave = ?",
                    wave.getValue(),
                    rollout,
                    wave.getKey());
        }
    }

    private static ClaimedAttempt read(ResultSet row) throws SQLException {
        return new ClaimedAttempt(
                row.getBoolean("shared"),
                row.getString("key"),
                databases(row),
                row.getInt("attempt"),
                row.getString("request_id"));
    }

    private static List<String> databases(ResultSet row) throws SQLException {
        return List.of((String[]) row.getArray("databases").getArray());
    }

    private static Object array(Connection connection, String type, List<?> values) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }
}
