package io.tenantry.worker.guarantee;

import io.tenantry.worker.guarantee.CommitProxy.Break;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A commit whose outcome the worker does not learn makes no second result, and loses none. */
@Tag("guarantee")
@Order(7)
class UnknownCommitIT {
    private static final List<Break> KINDS = List.of(Break.values());
    private static final Duration LONGER_THAN_ANY_SILENCE = Duration.ofSeconds(20);

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void answersEveryRequestOnceWhenCommitsGoUnanswered(Round round) throws Exception {
        try (SharedDetour detour = SharedDetour.take();
                CommitProxy proxy = new CommitProxy(detour.addresses());
                Trial trial = Trial.of(round)) {
            Scale scale = trial.scale();
            trial.onboard(scale.tenants(), Duration.ofMillis(20));
            // With the short one a worker loses its partitions during a silence, and what is in doubt with them: at
            // full
            // size that happens as well.
            if (!Scale.isFull() || trial.random().nextBoolean()) {
                trial.sessionTimeout(LONGER_THAN_ANY_SILENCE);
            }
            trial.deployment().with("kafka.bootstrap-servers", detour.bootstrapServers());
            trial.startWorkers(scale.workers())
                    .under(attacked -> breakCommits(attacked, proxy))
                    .check();
        }
    }

    /** Each kind at least once, while a share of the tenants is upgraded. */
    private static void breakCommits(Trial trial, CommitProxy proxy) {
        int breaks = trial.scale().lostAnswers();
        int share = trial.tenants().size() / breaks;
        for (int i = 0; i < breaks; i++) {
            proxy.breakNext(KINDS.get(i % KINDS.size()));
            trial.upgrade(trial.tenants().subList(i * share, (i + 1) * share));
            int broken = i + 1;
            Await.until(Duration.ofSeconds(90), "a commit is broken", () -> proxy.broken() == broken);
        }
    }
}
