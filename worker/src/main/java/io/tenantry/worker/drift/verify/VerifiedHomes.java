package io.tenantry.worker.drift.verify;

import io.tenantry.contracts.DriftChange;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.request.HomeDifference;
import io.tenantry.worker.request.HomeVerification;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares homes of the databases with {@code verify-after: always}. Safe for use by many threads. */
public final class VerifiedHomes implements HomeVerification {
    private static final Logger LOG = LoggerFactory.getLogger(VerifiedHomes.class);

    private final Set<String> wanted;
    private final Function<TenantHome, Optional<HomeCheck>> checks;
    private final DriftRecorder recorder;

    /** @param checks how a home is compared; empty if its database or server is not configured */
    public VerifiedHomes(
            Collection<DatabaseSettings> databases,
            Function<TenantHome, Optional<HomeCheck>> checks,
            DriftRecorder recorder) {
        this.wanted = databases.stream()
                .filter(database -> database.drift().verifyAfter() == VerifyAfter.ALWAYS)
                .map(DatabaseSettings::name)
                .collect(Collectors.toUnmodifiableSet());
        this.checks = checks;
        this.recorder = recorder;
    }

    @Override
    public boolean isWanted(String database) {
        return wanted.contains(database);
    }

    @Override
    public Seen look(TenantHome home, Server server) {
        Optional<HomeCheck> check = checks.apply(home);
        if (check.isEmpty()) {
            return new Seen(List.of(), "its database or its server is not in the configuration");
        }
        Verdict verdict = recorded(home, () -> check.get().of(server, home));
        if (verdict instanceof Verdict.Drifted drifted) {
            return new Seen(
                    drifted.differences().stream()
                            .map(VerifiedHomes::difference)
                            .toList(),
                    null);
        }
        if (verdict instanceof Verdict.Busy busy) {
            return new Seen(List.of(), Objects.requireNonNullElse(busy.obstacle(), "somebody else worked on it"));
        }
        if (verdict instanceof Verdict.Unreadable unreadable) {
            return new Seen(List.of(), unreadable.reason());
        }
        return new Seen(List.of(), verdict instanceof Verdict.NoReference none ? none.reason() : null);
    }

    private static HomeDifference difference(DriftDifference difference) {
        return new HomeDifference(
                DriftChange.valueOf(difference.change().name()),
                difference.kind(),
                difference.object(),
                difference.table(),
                difference.subject());
    }

    /** A registry that is away is no reason to fail a home. */
    private Verdict recorded(TenantHome home, Supplier<Verdict> look) {
        try {
            Instant begunAt = recorder.now();
            Verdict verdict = look.get();
            recorder.record(home, begunAt, verdict);
            return verdict;
        } catch (SQLException failure) {
            LOG.warn(
                    "what was seen of {} {} is not in the registry; the next look will write it: {}",
                    home.kind(),
                    home.location(),
                    FailureMessage.of(failure));
            return look.get();
        }
    }
}
