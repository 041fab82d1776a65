package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.proof.TrialStop;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Verifies named databases one after the other. Leaves nothing on their servers. For one thread. */
public final class VerifyRun {
    private final Access access;
    private final VerifyTerms terms;
    private final Consumer<String> note;
    private final TrialStop stop = new TrialStop();

    /** @param note told what is no finding; may be called by another thread */
    public VerifyRun(Access access, VerifyTerms terms, Consumer<String> note) {
        this.access = access;
        this.terms = terms;
        this.note = note;
    }

    /**
     * Verifies these databases, each on one of its servers for each version of PostgreSQL, or on those that were named.
     *
     * @param verified told after each one
     * @throws UnusableOptionException if --against, --seed or a folder of migrations cannot be used
     * @throws OperationFailedException if no connection is leased, or a signal has come; what was told until then is true.
     *     A server that cannot be used is a finding of its databases
     */
    public void run(List<DatabaseSettings> databases, Consumer<DatabaseReport> verified)
            throws OperationFailedException, UnusableOptionException {
        Interruption interruption = access.interruption();
        interruption.arm();
        interruption.listen(signal -> stop.request());
        requireFolders(databases);
        Optional<AgainstOption> against = against(databases);
        SeedFiles seeds = SeedFiles.read(terms.seeds());
        Set<String> names = new LinkedHashSet<>();
        databases.forEach(database -> names.addAll(terms.serversOf(database)));
        List<String> done = new ArrayList<>();
        try (VerifyServers servers = VerifyServers.open(access, names, note)) {
            for (DatabaseSettings database : databases) {
                DatabaseVerification verification = new DatabaseVerification(database, against, seeds, stop);
                for (TriedServer tried :
                        servers.tried(terms.serversOf(database), terms.servers().isEmpty())) {
                    String name = database.name() + " on server " + tried.name();
                    if (interruption.isRequested()) {
                        throw interrupted("before the migrations of database " + name + " were tried", done);
                    }
                    servers.remark(tried.name(), note);
                    DatabaseReport report = verification.on(servers.server(tried.name()));
                    if (interruption.isRequested()) {
                        throw interrupted("while the migrations of database " + name + " were tried", done);
                    }
                    verified.accept(report.standingFor(tried.others()));
                    done.add(name);
                }
            }
        }
    }

    private static void requireFolders(List<DatabaseSettings> databases) throws UnusableOptionException {
        for (DatabaseSettings database : databases) {
            Path folder = database.migrations();
            if (!Files.isDirectory(folder)) {
                throw new UnusableOptionException("databases." + database.name() + ".migrations is " + folder
                        + ", and there is no folder " + folder.toAbsolutePath()
                        + ": a relative one begins where tenantry was started");
            }
        }
    }

    /** Usable for each of these databases, as is known before the first one is tried for minutes. */
    private Optional<AgainstOption> against(List<DatabaseSettings> databases)
            throws UnusableOptionException, OperationFailedException {
        Optional<AgainstOption> against =
                Optional.ofNullable(terms.against()).map(text -> new AgainstOption(text, databases.size() == 1));
        if (against.isPresent()) {
            for (DatabaseSettings database : databases) {
                against.get().require(database);
            }
        }
        return against;
    }

    private CommandInterruptedException interrupted(String when, List<String> done) {
        return access.interruption()
                .failure("interrupted " + when + "; what was made for the trial is dropped. Verified before: "
                        + (done.isEmpty() ? "nothing" : String.join(", ", done)));
    }
}
