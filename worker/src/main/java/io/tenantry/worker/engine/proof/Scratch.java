package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.SessionReset;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A home without a tenant, for trials. It is created and dropped many times, always with the same name, so that its
 * states can be compared directly. Its name is locked while it is in use.
 */
final class Scratch implements AutoCloseable {
    private static final String PREFIX = "tenantry_scratch_";
    private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(30);
    private static final Duration ODD = Duration.ofMillis(1);
    /** Scripts put names into columns of few characters too. */
    private static final String TENANT_PREFIX = "t";

    private final Server server;
    private final TenantHome home;
    private final HomeSession session;
    private final SessionTimeouts timeouts;
    private @Nullable TooMuchSentException broken;
    private final SharedLocks locks;
    private boolean held;

    private Scratch(Server server, TenantHome home, HomeSession session) {
        this.server = server;
        this.home = home;
        this.session = session;
        // As long as a migration may keep a tenant's traffic waiting.
        this.locks = new SharedLocks(
                session.connection(), home.schema(), session.timeouts().lock());
        // Not what a script sets: it would leave no trace.
        this.timeouts = new SessionTimeouts(session.timeouts().lock().plus(ODD), LONGEST_STATEMENT.plus(ODD));
    }

    /** Opens a session for it, and drops those that killed workers left; nothing is made yet. */
    static Scratch open(Server server, String database) throws SQLException {
        byte[] random = new byte[6];
        ThreadLocalRandom.current().nextBytes(random);
        String number = HexFormat.of().formatHex(random);
        TenantHome home = TenantHome.inSchema(TENANT_PREFIX + number, database, server.name(), PREFIX + number);
        HomeSession session = HomeSession.open(server, home);
        // Whatever scripts have set there is nobody else's.
        session.endAfterwards();
        Scratch scratch = new Scratch(server, home, session);
        try {
            scratch.dropLeftovers();
            scratch.renewSession();
            return scratch;
        } catch (SQLException failure) {
            scratch.session.close();
            throw failure;
        }
    }

    TenantHome home() {
        return home;
    }

    HomeSession session() {
        return session;
    }

    Connection connection() {
        return session.connection();
    }

    /** What stands in recorded statements for a tenant and its schema. */
    PlannedScript.Names names() {
        return new PlannedScript.Names(String.valueOf(home.tenant()), home.schema(), home.server());
    }

    /** Forgets what scripts have set in the session. */
    void renewSession() throws SQLException {
        execute(SessionReset.RESET + "; SELECT pg_advisory_lock(" + home.lockKey() + "); " + limits());
    }

    /** Ends what ends with a script. */
    void afterScript() throws SQLException {
        execute(SessionReset.afterScript(connection()) + "; " + limits());
    }

    private String limits() {
        return "SET statement_timeout = " + timeouts.statement().toMillis() + "; SET lock_timeout = "
                + timeouts.lock().toMillis();
    }

    /** A script sent more than is received: nothing more can be tried out here. Returns what to throw. */
    TooMuchSentException broken(String script, ReceiveLimit limit, Exception failure) {
        return broken(new TooMuchSentException(script, script + ": " + limit.explanation(), failure));
    }

    /** The same. */
    TooMuchSentException broken(TooMuchSentException failure) {
        broken = failure;
        return failure;
    }

    /** Lets a script find the session as a tenant's: what ends with the script before it is gone. */
    void beginScript() throws SQLException {
        afterScript();
        execute("SELECT set_config('search_path', concat_ws(',', "
                + Identifiers.literal(Identifiers.quote(home.schema()))
                + ", nullif(current_setting('search_path'), '')), true)");
    }

    /** Begins what is to be undone. */
    void begin() throws SQLException {
        if (held) {
            execute("SAVEPOINT tenantry_trial");
        } else {
            connection().setAutoCommit(false);
            locks.begin();
        }
    }

    /** Whether the transaction has kept others from tables outside the home for too long: it must end. */
    boolean blocksOthers() throws SQLException {
        return locks.areHeldTooLong();
    }

    /** Undoes all since {@link #begin}, also what scripts have set in the session. */
    void undo() throws SQLException {
        if (broken != null) {
            throw broken;
        }
        if (held) {
            execute("ROLLBACK TO SAVEPOINT tenantry_trial; RELEASE SAVEPOINT tenantry_trial");
        } else {
            connection().rollback();
            connection().setAutoCommit(true);
        }
        renewSession();
    }

    /** From now on all is part of one transaction, which {@link #drop} rolls back. */
    void hold() throws SQLException {
        if (!held) {
            connection().setAutoCommit(false);
            held = true;
            locks.begin();
            // Else a plan's message would find no transaction yet.
            execute("SELECT 1");
        }
    }

    /** Whether nothing is committed. */
    boolean isHeld() {
        return held;
    }

    /** After Flyway has failed: no transaction of its own is left. */
    void recover() throws SQLException {
        if (!held && !connection().getAutoCommit()) {
            connection().rollback();
            connection().setAutoCommit(true);
        }
    }

    /** The connection for Flyway, which commits and rolls back as it likes. */
    Connection forFlyway() {
        return held ? SavepointConnection.of(connection()) : connection();
    }

    /** Limits of what runs here: short ones, since nothing is in it. */
    SessionTimeouts timeouts() {
        return timeouts;
    }

    /** Makes an empty one, with its mark. */
    void create() throws SQLException {
        execute("CREATE SCHEMA " + Identifiers.quote(home.schema()));
        mark();
    }

    /** Marks it as homes are marked. */
    void mark() throws SQLException {
        execute(home.markSql());
    }

    /** Its number, and in the next line the comment on it; empty if it is not there. */
    String state() throws SQLException {
        return String.join(
                "",
                ask("SELECT oid || E'\\n' || coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"
                        + " WHERE nspname = " + Identifiers.literal(home.schema())));
    }

    /** Drops it, or undoes all since {@link #hold}; none is fine. */
    void drop() throws SQLException {
        if (held) {
            connection().rollback();
            connection().setAutoCommit(true);
            held = false;
            renewSession();
        }
        // An event trigger would see it even if nothing is there.
        if (!state().isEmpty()) {
            drop(home.schema());
        }
    }

    private void drop(String schema) throws SQLException {
        execute(dropping(schema));
    }

    private static String dropping(String schema) {
        return "DROP SCHEMA IF EXISTS " + Identifiers.quote(schema) + " CASCADE";
    }

    private void dropLeftovers() throws SQLException {
        Set<String> left = ask("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '" + PREFIX
                + "') AND pg_has_role(nspowner, 'USAGE')");
        for (String schema : left) {
            long key = TenantHome.inSchema(schema, home.database(), home.server(), schema)
                    .lockKey();
            if (ask("SELECT pg_try_advisory_lock(" + key + ")").contains("t")) {
                drop(schema);
                execute("SELECT pg_advisory_unlock(" + key + ")");
            }
        }
    }

    void execute(String sql) throws SQLException {
        if (broken != null) {
            throw broken;
        }
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column. */
    Set<String> ask(String sql) throws SQLException {
        return firstColumn(connection(), sql);
    }

    private static Set<String> firstColumn(Connection connection, String sql) throws SQLException {
        Set<String> column = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                column.add(row.getString(1));
            }
        }
        return column;
    }

    /** Drops it, and gives the session back; never throws: the next worker that starts drops what is left. */
    @Override
    public void close() {
        try (session) {
            if (broken == null) {
                drop();
            }
        } catch (SQLException away) {
            // It will be found.
        }
        if (broken != null) {
            dropBySuccessor();
        }
    }

    private void dropBySuccessor() {
        try (HomeSession another = HomeSession.open(server, home);
                Statement statement = another.connection().createStatement()) {
            statement.execute(dropping(home.schema()));
        } catch (SQLException away) {
            // It will be found.
        }
    }
}
