package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.registry.HomeRows;
import io.tenantry.worker.registry.RegisteredHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the rows of adopted homes, many in one transaction of the registry. For one thread. */
final class NewRows {
    private static final int TOGETHER = 50;

    private final Access access;
    private final Consumer<AdoptionFinding> told;
    private final HomeRows rows = new HomeRows();
    private final List<RegisteredHome> homes = new ArrayList<>();
    private final List<AdoptionFinding> findings = new ArrayList<>();

    /** @param told what became of each home, when that is committed */
    NewRows(Access access, Consumer<AdoptionFinding> told) {
        this.access = access;
        this.told = told;
    }

    void add(RegisteredHome home, AdoptionFinding finding) throws OperationFailedException {
        homes.add(home);
        findings.add(finding);
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
        Map<String, String> elsewhere = access.registry(registry -> registry.inTransaction(connection -> {
            Map<String, String> others = rows.elsewhere(connection, homes);
            rows.write(
                    connection,
                    homes.stream()
                            .filter(home -> !others.containsKey(home.tenant()))
                            .toList());
            return others;
        }));
        findings.stream().map(finding -> judged(finding, elsewhere)).forEach(told);
        homes.clear();
        findings.clear();
    }

    /** A signup may have made a home since the registry was read. */
    private static AdoptionFinding judged(AdoptionFinding finding, Map<String, String> elsewhere) {
        @Nullable String place = elsewhere.get(finding.tenant());
        return place == null
                ? finding.as(State.ADOPTED)
                : finding.refused("tenant " + finding.tenant() + " " + place
                        + " meanwhile, and stays there: this one has the mark now, so correct its comment");
    }
}
