package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.LockedHomes;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.step.StepResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultBuilderTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = START.plusSeconds(3);
    private static final long USERS_PLACE = 7;
    private static final long ANALYTICS_PLACE = 8;
    private static final ResultError OTHER = ResultError.of(ErrorCode.LOCATION_TAKEN, "taken");
    private static final TenantCreated ONBOARDING = new TenantCreated("acme", List.of(), Map.of("plan", "gold"));
    private static final MigrationRequested MIGRATION = new MigrationRequested("acme", null, List.of(), "11", "r-1", 1);

    @Test
    void isUpToDateIfEveryHomeIs() {
        assertThat(result(MIGRATION, null, home(Outcome.UP_TO_DATE), home(Outcome.UP_TO_DATE))
                        .outcome())
                .isEqualTo(Outcome.UP_TO_DATE);
        assertThat(result(MIGRATION, null).outcome()).as("without a home").isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void isCompletedIfOneHomeIs() {
        TenantResult result = result(MIGRATION, null, home(Outcome.UP_TO_DATE), home(Outcome.COMPLETED));

        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.error()).isNull();
    }

    @Test
    void isFailedIfOneHomeIsAndTheFirstErrorDecides() {
        TenantResult result = result(
                MIGRATION,
                null,
                home(Outcome.COMPLETED),
                failed(Homes.FAILURE),
                failed(OTHER),
                home(Outcome.NOT_ATTEMPTED));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.error()).isEqualTo(Homes.FAILURE);
        assertThat(result.databases()).hasSize(4);
    }

    @Test
    void anErrorOfTheWholeRequestDecidesBeforeThoseOfItsHomes() {
        TenantResult result = result(MIGRATION, OTHER, failed(Homes.FAILURE));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.error()).isEqualTo(OTHER);
    }

    @Test
    void theEventIsOfTheRequestsKind() {
        assertThat(outcome(ONBOARDING, null, home(Outcome.COMPLETED)).type()).isEqualTo(EventType.TENANT_ONBOARDED);
        assertThat(outcome(ONBOARDING, null, home(Outcome.UP_TO_DATE)).type()).isEqualTo(EventType.TENANT_ONBOARDED);
        assertThat(outcome(ONBOARDING, OTHER).type()).isEqualTo(EventType.ONBOARDING_FAILED);
        assertThat(outcome(MIGRATION, null, home(Outcome.COMPLETED)).type()).isEqualTo(EventType.MIGRATION_COMPLETED);
        assertThat(outcome(MIGRATION, null, home(Outcome.UP_TO_DATE)).type()).isEqualTo(EventType.MIGRATION_COMPLETED);
        assertThat(outcome(MIGRATION, OTHER).type()).isEqualTo(EventType.MIGRATION_FAILED);
    }

    @Test
    void onlyWhatWasDoneHasSucceeded() {
        assertThat(outcome(MIGRATION, null, home(Outcome.COMPLETED)).succeeded())
                .isTrue();
        assertThat(outcome(MIGRATION, null, home(Outcome.UP_TO_DATE)).succeeded())
                .isTrue();
        assertThat(outcome(MIGRATION, OTHER).succeeded()).isFalse();
    }

    @Test
    void repeatsTheRequestAndSaysWhoTriedHowOftenAndWhen() {
        Request request = request(MIGRATION);
        ResultBuilder report = new ResultBuilder(request, "worker-1");
        report.started(START);
        report.started(START.plusSeconds(1));
        TenantResult result = report.outcome(List.of(), null, 4, END, ResultBuilder.Reached.NOTHING)
                .result();

        assertThat(result.tenant()).isEqualTo("acme");
        assertThat(result.database()).isNull();
        assertThat(result.request()).isEqualTo(request.ref());
        assertThat(result.rollout()).isEqualTo("r-1");
        assertThat(result.attempts()).isEqualTo(4);
        assertThat(result.worker()).isEqualTo("worker-1");
        assertThat(result.startedAt()).as("the first time").isEqualTo(START);
        assertThat(result.finishedAt()).isEqualTo(END);
    }

    @Test
    void aSharedDatabaseStandsInTheTenantsPlace() {
        TenantResult result = result(new MigrationRequested(null, "billing", List.of(), "latest", null, 1), OTHER);

        assertThat(result.tenant()).isNull();
        assertThat(result.database()).isEqualTo("billing");
        assertThat(result.rollout()).isNull();
    }

    @Test
    void registersATenantWithItsAttributesAndHomes() throws SQLException {
        try (Server server = Homes.server("main")) {
            Registration registration = registration(
                    ONBOARDING,
                    null,
                    Homes.done(server, "users", new StepResult.Migrated(null, "3", List.of("3"), null)));

            assertThat(registration)
                    .isEqualTo(new Registration(
                            "acme",
                            true,
                            Map.of("plan", "gold"),
                            List.of(new RegisteredHome(
                                    "acme", "users", "main", "tenant_acme", "3", null, LockedHomes.LOCKED_AT, null))));
        }
    }

    @Test
    void registersATenantWhoseOnboardingFailedHalfWay() throws SQLException {
        try (Server server = Homes.server("main")) {
            HomeRun reached = Homes.done(server, "users", new StepResult.Migrated(null, "3", List.of("3"), null));
            HomeRun refused = Homes.done(server, "analytics", StepResult.Refused.of(OTHER));

            Registration registration = registration(ONBOARDING, OTHER, reached, refused);

            assertThat(registration.onboarded()).isTrue();
            assertThat(registration.homes())
                    .extracting(RegisteredHome::database)
                    .containsExactly("users");
        }
    }

    @Test
    void registersNoTenantOfWhomNothingWasReached() {
        assertThat(registration(ONBOARDING, OTHER).onboarded()).isFalse();
    }

    /** All are placed in users and analytics, and were told of an earlier place in another database. */
    @Test
    void aFailedSignupGivesBackThePlacesInWhichItSurelyMadeNothing() throws SQLException {
        ResultError failed = ResultError.of(ErrorCode.MIGRATION_FAILED, "V1__a.sql failed");
        try (Server server = Homes.server("main")) {
            assertThat(registration(ONBOARDING, OTHER).freed())
                    .as("nothing begun")
                    .containsExactlyInAnyOrder(USERS_PLACE, ANALYTICS_PLACE);
            assertThat(registration(ONBOARDING, null, Homes.done(server, "users", StepResult.Refused.of(OTHER)))
                            .freed())
                    .as("somebody else's")
                    .containsExactlyInAnyOrder(USERS_PLACE, ANALYTICS_PLACE);
            assertThat(registration(ONBOARDING, null, Homes.done(server, "users", StepResult.Refused.of(failed)))
                            .freed())
                    .as("perhaps an empty schema")
                    .containsExactly(ANALYTICS_PLACE);
            assertThat(registration(
                                    ONBOARDING,
                                    null,
                                    Homes.done(server, "users", new StepResult.Migrated(null, "3", List.of("3"), null)))
                            .freed())
                    .as("did not fail")
                    .isEmpty();
        }
    }

    @Test
    void anUpgradeRegistersNoTenantButItsVersions() throws SQLException {
        try (Server server = Homes.server("main")) {
            Registration registration = registration(
                    MIGRATION,
                    null,
                    Homes.done(server, "users", new StepResult.Migrated("3", "11", List.of("11"), null)));

            assertThat(registration.onboarded()).isFalse();
            assertThat(registration.attributes()).isEmpty();
            assertThat(registration.homes()).extracting(RegisteredHome::version).containsExactly("11");
        }
    }

    @Test
    void theLastFailureOfSeveralAttemptsSaysWhatWasInTheWay() {
        assertThat(ResultBuilder.error(new SQLException("lock timeout", "55P03")))
                .isEqualTo(new ResultError(ErrorCode.LOCK_TIMEOUT, "lock timeout", "55P03", null, null, null));
        assertThat(ResultBuilder.error(new SQLException("deadlock", "40P01")).code())
                .isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(ResultBuilder.error(new SQLException("syntax", "42601")).code())
                .isEqualTo(ErrorCode.INTERNAL);
        assertThat(ResultBuilder.error(new IllegalStateException("a bug")))
                .isEqualTo(ResultError.of(ErrorCode.INTERNAL, "IllegalStateException: a bug"));
    }

    private static Registration registration(TenantRequest data, @Nullable ResultError error, HomeRun... homes) {
        List<HomeResult> done = Stream.of(homes).map(HomeRun::result).toList();
        return new ResultBuilder(request(data), "worker-1")
                .outcome(
                        done.stream().map(HomeResult::orNotAttempted).toList(),
                        error,
                        1,
                        END,
                        new ResultBuilder.Reached(
                                done.stream()
                                        .map(HomeResult::registered)
                                        .flatMap(Optional::stream)
                                        .toList(),
                                new HomeRuns(List.of(homes), List.of())
                                        .unused(new Placements(
                                                Map.of("users", "main", "analytics", "main", "old", "main"),
                                                Map.of(),
                                                Map.of("users", USERS_PLACE, "analytics", ANALYTICS_PLACE)))))
                .registration();
    }

    private static TenantResult result(TenantRequest data, @Nullable ResultError error, DatabaseResult... results) {
        return outcome(data, error, results).result();
    }

    private static RequestOutcome outcome(TenantRequest data, @Nullable ResultError error, DatabaseResult... results) {
        return new ResultBuilder(request(data), "worker-1")
                .outcome(List.of(results), error, 1, END, ResultBuilder.Reached.NOTHING);
    }

    private static Request request(TenantRequest data) {
        return new Request(
                new RequestRef("42", "/signup", "io.tenantry.test.v1", "tenant.created", 0, 7),
                data,
                null,
                System.nanoTime());
    }

    private static DatabaseResult home(Outcome outcome) {
        return new DatabaseResult("users", "main", "tenant_acme", outcome, "1", "2", List.of(), 5, null);
    }

    private static DatabaseResult failed(ResultError error) {
        return new DatabaseResult("users", "main", "tenant_acme", Outcome.FAILED, "1", "1", List.of(), 5, error);
    }
}
