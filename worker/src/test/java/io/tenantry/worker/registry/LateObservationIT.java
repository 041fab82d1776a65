package io.tenantry.worker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who comes late with what he saw of a home does not hide what was seen since. */
class LateObservationIT {
    /** The version alone, if the fingerprint came with it. */
    private static final String SEEN =
            "SELECT concat_ws(' ', version, nullif(coalesce(fingerprint_seen, 'of nothing'), 'of '"
                    + " || version), CASE WHEN fingerprint_seen_at IS DISTINCT FROM observed_at THEN 'at another time' END) FROM"
                    + " tenantry.";

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void theOneThatSawItLaterCounts() throws SQLException {
        register("acme", "6", NOON);

        register("acme", "5", NOON.minusMillis(1));
        assertThat(version()).containsExactly("6");

        register("acme", "7", NOON.plusMillis(1));
        assertThat(version()).containsExactly("7");
    }

    @Test
    void alsoOfTwoInOneBatch() throws SQLException {
        control.registry()
                .settle(
                        List.of(),
                        List.of(registration("acme", "6", NOON), registration("acme", "5", NOON.minusMillis(1))),
                        List.of());

        assertThat(version()).containsExactly("6");
    }

    @Test
    void alsoOfASharedDatabase() throws SQLException {
        register(null, "6", NOON);

        register(null, "5", NOON.minusMillis(1));

        assertThat(control.deployment().queryRegistry(SEEN + "shared_database")).containsExactly("6");
    }

    @Test
    void aHomeThatWasRestoredGoesBack() throws SQLException {
        register("acme", "6", NOON);

        register("acme", "2", NOON.plusSeconds(1));

        assertThat(version()).containsExactly("2");
    }

    @Test
    void whatAnOlderReleaseSawIsOverwrittenAndItMayOverwrite() throws SQLException {
        register("acme", "6", null);
        register("acme", "7", NOON);
        assertThat(version()).containsExactly("7");

        register("acme", "8", null);
        assertThat(version()).containsExactly("8");
    }

    @Test
    void aClockThatWasFarAheadOnceIsNotBelievedForLong() throws SQLException {
        Instant now = Instant.now();
        register("acme", "6", now.plus(365, ChronoUnit.DAYS));

        register("acme", "7", now);

        assertThat(version()).containsExactly("7");
    }

    @Test
    void aRequestThatKnewOfTheOtherIsTheNewerOneWhateverTheClockSays() throws SQLException {
        register("acme", "6", NOON);

        register("acme", "7", NOON.minus(50, ChronoUnit.MINUTES), NOON);
        assertThat(version()).as("the clock stepped back").containsExactly("7");

        register("acme", "8", NOON.minus(49, ChronoUnit.MINUTES), NOON.minus(50, ChronoUnit.MINUTES));
        assertThat(version()).containsExactly("8");
    }

    @Test
    void alsoAtASharedDatabase() throws SQLException {
        register(null, "6", NOON);

        register(null, "7", NOON.minus(50, ChronoUnit.MINUTES), NOON);

        assertThat(control.deployment().queryRegistry(SEEN + "shared_database")).containsExactly("7");
    }

    @Test
    void oneThatComesLateDoesNotKnowWhatWasSeenSince() throws SQLException {
        register("acme", "5", NOON);
        register("acme", "6", NOON.plusSeconds(2), NOON);

        register("acme", "5", NOON.plusSeconds(1), NOON);

        assertThat(version()).containsExactly("6");
    }

    @Test
    void aLookWithoutTheLockCorrectsOnlyWhatItFound() throws SQLException {
        register("acme", "6", NOON);
        register("acme", "5", NOON, NOON);
        assertThat(version()).containsExactly("5");
        Instant steppedBack = NOON.minus(50, ChronoUnit.MINUTES);
        register("acme", "7", steppedBack, NOON);

        register("acme", "5", NOON, NOON);
        assertThat(version()).containsExactly("7");

        control.registry()
                .settle(
                        List.of(),
                        List.of(
                                registration("acme", "8", steppedBack.minusSeconds(1), steppedBack),
                                registration("acme", "5", steppedBack, steppedBack)),
                        List.of());
        assertThat(version()).containsExactly("8");
    }

    private void register(@Nullable String tenant, String version, @Nullable Instant observedAt) throws SQLException {
        register(tenant, version, observedAt, null);
    }

    private void register(
            @Nullable String tenant, String version, @Nullable Instant observedAt, @Nullable Instant observedBefore)
            throws SQLException {
        control.registry()
                .settle(List.of(), List.of(registration(tenant, version, observedAt, observedBefore)), List.of());
    }

    private static Registration registration(@Nullable String tenant, String version, @Nullable Instant observedAt) {
        return registration(tenant, version, observedAt, null);
    }

    private static Registration registration(
            @Nullable String tenant, String version, @Nullable Instant observedAt, @Nullable Instant observedBefore) {
        return new Registration(
                tenant,
                tenant != null,
                Map.of(),
                List.of(new RegisteredHome(
                        tenant, "users", "main", "users_acme", version, "of " + version, observedAt, observedBefore)));
    }

    private List<String> version() {
        return control.deployment().queryRegistry(SEEN + "tenant_home");
    }
}
