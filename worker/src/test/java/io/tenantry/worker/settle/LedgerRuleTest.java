package io.tenantry.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.stack.CapturedLog;
import io.tenantry.worker.telemetry.Meters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One identity, one result. */
class LedgerRuleTest {
    private final SimpleMeterRegistry counters = new SimpleMeterRegistry();
    private final LedgerRule rule = new LedgerRule(new Meters(counters).requests());

    @Test
    void theFirstRecordOfAnIdentityGetsItsResult() {
        Settled settled = rule.ofFinished(request("acme", 1), row("acme", 1, false));

        assertThat(settled).isInstanceOfSatisfying(Settled.Result.class, result -> {
            assertThat(result.coordinates().offset()).isEqualTo(1);
            assertThat(result.event().key()).isEqualTo("acme");
        });
        assertThat(repeats()).isZero();
    }

    @Test
    void aResultThatIsInKafkaIsNotPublishedAgain() {
        Settled settled = rule.ofAnsweredBefore(request("acme", 1), row("acme", 1, true));

        assertThat(settled).isInstanceOf(Settled.Silent.class);
        assertThat(repeats()).as("the same record, read again").isZero();
    }

    @Test
    void aRepeatGetsNoResultOfItsOwn() {
        Settled run = rule.ofFinished(request("acme", 2), row("acme", 1, false));
        Settled notRun = rule.ofAnsweredBefore(request("acme", 3), row("acme", 1, true));

        assertThat(List.of(run, notRun)).allMatch(Settled.Silent.class::isInstance);
        assertThat(repeats()).isEqualTo(2);
    }

    @Test
    void anIdentityThatAnotherTenantUsedIsADeadLetterThatSaysWhetherItWasRun() {
        assertThat(rule.ofAnsweredBefore(request("globex", 2), row("acme", 1, true)))
                .isInstanceOfSatisfying(Settled.Dead.class, dead -> {
                    assertThat(dead.code()).isEqualTo(ErrorCode.INVALID_EVENT);
                    assertThat(dead.coordinates().offset()).isEqualTo(2);
                    assertThat(dead.message()).contains("used before for acme", "globex, was not run");
                });
        assertThat(rule.ofFinished(request("globex", 2), row("acme", 1, true)))
                .isInstanceOfSatisfying(
                        Settled.Dead.class,
                        dead -> assertThat(dead.message()).contains("globex, was run at the same time"));
    }

    @Test
    void aDeadLetterHasALogLineAndARepeatHasNone() {
        try (CapturedLog log = new CapturedLog(LedgerRule.class, Level.DEBUG)) {
            rule.ofAnsweredBefore(request("acme", 3), row("acme", 1, true));
            rule.ofAnsweredBefore(request("globex", 2), row("acme", 1, true));

            assertThat(log.events()).singleElement().satisfies(line -> {
                assertThat(line.getFormattedMessage())
                        .startsWith("topic-0 offset 2 becomes a dead letter: the event's id id and source /test were");
                assertThat(line.getMDCPropertyMap())
                        .containsEntry("tenant", "globex")
                        .containsEntry("requestId", "id")
                        .containsEntry("offset", "2");
            });
        }
    }

    private double repeats() {
        return counters.counter("tenantry.duplicates").count();
    }

    private static RequestRef ref(long offset) {
        return new RequestRef("id", "/test", "type", "topic", 0, offset);
    }

    private static Request request(String tenant, long offset) {
        return new Request(ref(offset), new TenantCreated(tenant, List.of(), Map.of()), null, 0);
    }

    private static Recorded row(String tenant, long offset, boolean published) {
        byte[] data = "{}".getBytes(StandardCharsets.UTF_8);
        return new Recorded(
                new LedgerEntry(
                        ref(offset),
                        new EncodedEvent(
                                "result",
                                "/tenantry",
                                "type",
                                Instant.parse("2026-01-01T00:00:00Z"),
                                null,
                                tenant,
                                data)),
                published);
    }
}
