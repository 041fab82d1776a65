package io.tenantry.worker.request.run;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts at a home hold or queue for: a permit of the server, and the turn for work that only one session may
 * do at a time in a PostgreSQL database. For use by one thread at a time.
 */
final class HomeReservation {
    private final Server server;
    private final String database;
    /** Null if none is asked for. */
    private ConnectionBulkhead.@Nullable Permit permit;
    /** Null if none is asked for. */
    private ExclusiveQueue.@Nullable Turn turn;

    HomeReservation(TenantHome home, Server server) {
        this.server = server;
        this.database = home.isolation() == Isolation.DATABASE ? home.server() + "/" + home.location() : home.server();
    }

    /** The PostgreSQL database of the home, as far as the configuration says: for messages, and for the turn. */
    String database() {
        return database;
    }

    /** Asks for a permit of the server. Present if there is none yet: what to wait for. */
    Optional<NextAction> acquirePermit(ConnectionBulkhead.Use use) {
        ConnectionBulkhead.Permit asked = permit == null ? server.bulkhead().ask(use) : permit;
        permit = asked;
        return asked.isHeld()
                ? Optional.empty()
                : Optional.of(new NextAction.Await(asked::whenHeld, new Wait(WaitReason.NO_CONNECTION, server.name())));
    }

    /** Gives the permit back, or the place in the queue for one. May be called again. */
    void releasePermit() {
        if (permit != null) {
            permit.end();
            permit = null;
        }
    }

    /** Asks for the turn. Present if another request has it: what to wait for. */
    Optional<NextAction> awaitTurn(ExclusiveQueue turns) {
        ExclusiveQueue.Turn asked = turn == null ? turns.ask(database) : turn;
        turn = asked;
        return asked.isHeld()
                ? Optional.empty()
                : Optional.of(new NextAction.Await(asked::whenHeld, new Wait(WaitReason.ONE_AT_A_TIME, database)));
    }

    /** Lets the next request have the turn. May be called again. */
    void endTurn() {
        if (turn != null) {
            turn.end();
            turn = null;
        }
    }

    /** Gives everything back. May be called again. */
    void end() {
        releasePermit();
        endTurn();
    }
}
