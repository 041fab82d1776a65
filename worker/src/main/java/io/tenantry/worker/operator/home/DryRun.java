package io.tenantry.worker.operator.home;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.step.RequireHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Shows what requests would do, home by home, and does nothing: no request is sent, nothing is written. */
public final class DryRun {
    private final Access access;
    private final Catalogs catalogs;

    public DryRun(Access access) {
        this.access = access;
        this.catalogs = new Catalogs(access.settings(), unusable -> {});
    }

    /**
     * Reads the homes one after another.
     *
     * @param waiting told why there is no connection yet
     * @param each called for each home, in the order of the requests
     * @throws OperationFailedException if the registry or the migrations cannot be read, or the command is interrupted
     */
    public void of(List<MigrationRequested> requests, Consumer<String> waiting, Consumer<HomePlan> each)
            throws OperationFailedException {
        List<RequestedHomes.Found> homes =
                access.registry(registry -> new RequestedHomes(access.settings()).of(requests, registry));
        TreeSet<String> servers = new TreeSet<>();
        homes.forEach(found -> found.home().ifPresent(home -> servers.add(home.server())));
        Target target = Target.of(requests.get(0).target());
        try (LeasedServers leased = LeasedServers.lease(access, servers, waiting)) {
            int done = 0;
            for (RequestedHomes.Found found : homes) {
                if (access.interruption().isRequested()) {
                    throw access.interruption()
                            .failure(
                                    "interrupted after " + done + " of " + homes.size()
                                            + " homes; nothing was written and no request was sent: give the command again for all");
                }
                found.refused().ifPresent(each);
                if (found.home().isPresent()) {
                    TenantHome home = found.home().get();
                    each.accept(read(home, leased.server(home.server()), target));
                }
                done++;
            }
        }
    }

    private HomePlan read(TenantHome home, Server server, Target target) throws OperationFailedException {
        MigrationCatalog catalog = catalogs.of(home.database(), server);
        try (HomeSession session = HomeSession.open(server, home)) {
            HomeState state = session.inspect();
            // A shared home that is not there is made by the first request.
            Optional<ResultError> fault = home.tenant() == null && state instanceof HomeState.Missing
                    ? Optional.empty()
                    : RequireHome.fault(home, state);
            return fault.isPresent()
                    ? HomePlan.failed(home, fault.get())
                    : HomePlan.of(home, new Migrator(catalog).preview(session, target));
        } catch (DatabaseRefusedException refused) {
            return HomePlan.failed(home, RequireHome.refused(home, refused));
        } catch (SQLException failure) {
            return HomePlan.failed(
                    home,
                    ResultError.of(
                            ErrorCode.SERVER_UNAVAILABLE,
                            home.kind() + " " + home.location() + " of " + home.owner() + " at server " + home.server()
                                    + " cannot be read now: " + FailureMessage.of(failure)));
        }
    }
}
