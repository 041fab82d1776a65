package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.registry.HomeRows;
import io.tenantry.worker.registry.RegisteredHome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes the rows of adopted homes, many in one transaction of the registry. For one thread. */
final class NewRows {
    private static final int TOGETHER = 50;

    private final Access access;
    private final Consumer<AdoptionFinding> written;
    private final HomeRows rows = new HomeRows();
    private final List<RegisteredHome> homes = new ArrayList<>();
    private final List<AdoptionFinding> findings = new ArrayList<>();

    /** @param written called for each home when its row is committed */
    NewRows(Access access, Consumer<AdoptionFinding> written) {
        this.access = access;
        this.written = written;
    }

    void add(RegisteredHome home, AdoptionFinding finding) throws OperationFailedException {
        homes.add(home);
        findings.add(finding.as(State.ADOPTED));
        if (homes.size() >= TOGETHER) {
            flush();
        }
    }

    /**
     * Writes what was added since.
     *
     * @throws OperationFailedException if the registry cannot be used; the homes are marked, and the next run finds them
     */
    void flush() throws OperationFailedException {
        if (homes.isEmpty()) {
            return;
        }
        access.registry(registry -> registry.inTransaction(connection -> {
            rows.write(connection, homes);
            return true;
        }));
        findings.forEach(written);
        homes.clear();
        findings.clear();
    }
}
