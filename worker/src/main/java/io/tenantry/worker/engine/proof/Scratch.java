package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A home without a tenant, for trials. It is created and dropped many times, always with the same name, so that its
 * states can be compared directly. Its name is locked while it is in use. It is a schema among those of tenants, or lies in a
 * database of its own: then only the end of that database drops it. For use by one thread.
 */
final class Scratch implements AutoCloseable {
    /** Each is two characters of a tenant's name, and of its schema's. */
    private static final int NUMBER_BYTES = 6;

    private static final String PREFIX = "tenantry_scratch_";

    private final Server server;
    private TenantHome home;
    private final ScratchSession session;
    private final SharedLocks locks;
    /** Null if the home is a schema among those of tenants. */
    private final @Nullable ScratchDatabase database;
    /** Extensions that the server's database has, and a home in a database of its own may need. */
    private List<String> missing = List.of();
    /** Whether all is part of one transaction. */
    private boolean held;

    private Scratch(Server server, TenantHome home, HomeSession session, @Nullable ScratchDatabase database) {
        this.server = server;
        this.database = database;
        this.home = home;
        this.session = new ScratchSession(session);
        // As long as a migration may keep a tenant's traffic waiting.
        this.locks = new SharedLocks(
                session.connection(), home.schema(), session.timeouts().lock());
    }

    /** The same, ended by this; a statement may last so long. */
    static Scratch open(Server server, String database, NameStyle style, TrialStop stop, Duration longest)
            throws SQLException {
        stop.check();
        return open(server, database, style).endedBy(stop, longest);
    }

    private Scratch endedBy(TrialStop stop, Duration longest) throws SQLException {
        session.endsWith(stop);
        try {
            session.statementsLast(longest);
            return this;
        } catch (SQLException failure) {
            close();
            throw failure;
        }
    }

    /** Opens a session, and drops the scratch homes that killed workers left. Creates no home yet. */
    static Scratch open(Server server, String database) throws SQLException {
        return open(server, database, NameStyle.PLAIN);
    }

    /** The same with names of this style. */
    static Scratch open(Server server, String database, NameStyle style) throws SQLException {
        String number = number();
        TenantHome home =
                TenantHome.inSchema(style.tenant(number), database, server.name(), PREFIX + style.partOfSchema(number));
        HomeSession session = HomeSession.open(server, home);
        // No tenant may get a session with settings that scripts have left in a trial.
        session.endAfterwards();
        Scratch scratch = new Scratch(server, home, session, null);
        try {
            scratch.dropLeftovers();
            scratch.session.renew();
            return scratch;
        } catch (SQLException failure) {
            scratch.session.close();
            throw failure;
        }
    }

    /** A home in a database of its own, which {@link #close} drops. The surroundings are made there before. */
    static Scratch in(ScratchDatabase database, TenantHome home, Surroundings surroundings) throws SQLException {
        HomeSession session;
        try {
            surroundings.set(database.server(), database.name());
            session = HomeSession.openIn(database.server(), home, database.name());
        } catch (SQLException failure) {
            database.close();
            throw failure;
        }
        Scratch scratch = new Scratch(database.server(), home, session, database);
        try {
            database.isUsedBy(session.connection());
            scratch.missing = surroundings.make(session.connection());
            scratch.session.renew();
            return scratch;
        } catch (SQLException failure) {
            scratch.close();
            throw failure;
        }
    }

    /** The same, ended by this; a statement may last so long. */
    static Scratch in(
            ScratchDatabase database, TenantHome home, Surroundings surroundings, TrialStop stop, Duration longest)
            throws SQLException {
        return in(database, home, surroundings).endedBy(stop, longest);
    }

    /** For people: a clause that names the extensions of its {@link Surroundings} that it lacks; empty if there is none. */
    String lackingExtensions() {
        return missing.isEmpty()
                ? ""
                : "; the scratch database lacks " + String.join(", ", missing)
                        + ", which the role may not create there: create them in template1";
    }

    /** Whether nothing of others is in the same database. */
    boolean hasOwnDatabase() {
        return database != null;
    }

    /** A name for a tenant that occurs nowhere else. */
    static String tenant(NameStyle style) {
        return style.tenant(number());
    }

    /** What the names of the tenant's own roles and the like contain; empty for a shared home, which has none. */
    Optional<String> namePart() {
        return Optional.ofNullable(home.tenant()).map(tenant -> tenant.substring(tenant.length() - 2 * NUMBER_BYTES));
    }

    private static String number() {
        byte[] random = new byte[NUMBER_BYTES];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private void dropLeftovers() throws SQLException {
        for (String schema : session.ask("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '" + PREFIX
                + "') AND pg_has_role(nspowner, 'USAGE')")) {
            long key = TenantHome.inSchema(schema, home.database(), home.server(), schema)
                    .lockKey();
            if (session.ask("SELECT pg_try_advisory_lock(" + key + ")").contains("t")) {
                session.execute(dropSql(schema));
                session.execute("SELECT pg_advisory_unlock(" + key + ")");
            }
        }
    }

    TenantHome home() {
        return home;
    }

    ScratchSession session() {
        return session;
    }

    /** The names that stand for a tenant's in recorded statements. */
    PlannedScript.Names names() {
        return new PlannedScript.Names(String.valueOf(home.tenant()), home.schema(), home.server());
    }

    /** Statements that give the sequences of the home the numbers that they have now: a rollback does not. */
    String sequencesSql() throws SQLException {
        return session.sequencesSql(hasOwnDatabase());
    }

    /** Begins a part that {@link #undo} rolls back. */
    void begin() throws SQLException {
        if (held) {
            session.execute("SAVEPOINT tenantry_trial");
        } else {
            session.connection().setAutoCommit(false);
            locks.begin();
        }
    }

    /** Rolls back to {@link #begin}, and resets what scripts have set in the session. */
    void undo() throws SQLException {
        session.requireSound();
        if (held) {
            session.execute("ROLLBACK TO SAVEPOINT tenantry_trial; RELEASE SAVEPOINT tenantry_trial");
        } else {
            session.connection().rollback();
            session.connection().setAutoCommit(true);
        }
        session.renew();
    }

    /** Makes all that follows part of one transaction, which {@link #drop} rolls back. */
    void hold() throws SQLException {
        if (!held) {
            session.connection().setAutoCommit(false);
            held = true;
            locks.begin();
            // Begins the transaction: the message of a plan would find none.
            session.execute("SELECT 1");
        }
    }

    /** Rolls back to {@link #hold}, and keeps the home as it was then. */
    void release() throws SQLException {
        session.requireSound();
        session.connection().rollback();
        session.connection().setAutoCommit(true);
        held = false;
        session.renew();
    }

    /** Whether all is part of one transaction that is rolled back. */
    boolean isHeld() {
        return held;
    }

    /** Whether the transaction has locked tables outside the home for too long, so that it must end. */
    boolean blocksOthers() throws SQLException {
        return !hasOwnDatabase() && locks.areHeldTooLong();
    }

    /** Ends the transaction that a failure of Flyway left open, unless all is one transaction. */
    void recover() throws SQLException {
        Connection connection = session.connection();
        if (!held && !connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** The connection for Flyway, which commits and rolls back by itself. */
    Connection forFlyway() {
        return held ? SavepointConnection.of(session.connection()) : session.connection();
    }

    /** Creates an empty home with its mark. A database has a schema public from its beginning. */
    void create() throws SQLException {
        if (!hasOwnDatabase() || identity().isEmpty()) {
            session.execute("CREATE SCHEMA " + Identifiers.quote(home.schema()));
        }
        mark();
    }

    /** Sets the mark that homes have; in a database of its own it needs none. */
    void mark() throws SQLException {
        if (!hasOwnDatabase()) {
            session.execute(home.markSql());
        }
    }

    /** The schema's number, and in the next line its comment; empty if there is no such schema. */
    String identity() throws SQLException {
        return String.join(
                "",
                session.ask(
                        "SELECT oid || E'\\n' || coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"
                                + " WHERE nspname = " + Identifiers.literal(home.schema())));
    }

    /** Gives the home another name, in a transaction that {@link #undo} rolls back; its old name is given back like this too. */
    void rename(TenantHome other) throws SQLException {
        session.execute(
                "ALTER SCHEMA " + Identifiers.quote(home.schema()) + " RENAME TO " + Identifiers.quote(other.schema()));
        known(other);
    }

    /** The home has this name again, since the transaction of {@link #rename} was rolled back. */
    void known(TenantHome name) {
        home = name;
        session.schemaIs(name.schema());
    }

    /** The same home with a name that needs no quotes, which no other home has. */
    TenantHome plain() {
        String number = number();
        return TenantHome.inSchema(
                NameStyle.PLAIN.tenant(number),
                home.database(),
                home.server(),
                PREFIX + NameStyle.PLAIN.partOfSchema(number));
    }

    /** Drops the home if it is there, or rolls back to {@link #hold}. In a database of its own it is not dropped. */
    void drop() throws SQLException {
        if (held) {
            session.connection().rollback();
            session.connection().setAutoCommit(true);
            held = false;
            session.renew();
        }
        // An event trigger would also fire for a DROP SCHEMA IF EXISTS that finds nothing.
        if (!hasOwnDatabase() && !identity().isEmpty()) {
            session.execute(dropSql(home.schema()));
        }
    }

    private static String dropSql(String schema) {
        return "DROP SCHEMA IF EXISTS " + Identifiers.quote(schema) + " CASCADE";
    }

    /** Drops the home and returns the session. Never throws: the next worker that starts drops what is left. */
    @Override
    public void close() {
        boolean isStopped = session.isStopped();
        boolean isDropped = false;
        session.endsByItself();
        try (session) {
            if (!session.isBroken()) {
                if (isStopped) {
                    recover();
                    session.renew();
                }
                drop();
                isDropped = true;
            }
        } catch (SQLException unreachable) {
            // The session may have been lost, and the server not.
        }
        if (database != null) {
            database.close();
        } else if (!isDropped) {
            dropInNewSession();
        }
    }

    private void dropInNewSession() {
        try (HomeSession another = HomeSession.open(server, home)) {
            Sql.execute(another.connection(), dropSql(home.schema()));
        } catch (SQLException unreachable) {
            // The next start finds it.
        }
    }
}
