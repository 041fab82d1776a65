package io.tenantry.worker.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.limits.LimitFinding.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TenantLimitsTest {
    private static final Set<String> SERVERS = Set.of("a", "b");

    @Test
    void warnsFromFourFifthsOfTheLimitOn() {
        List<LimitFinding> findings = TenantLimits.of(
                List.of(database("users", Isolation.SCHEMA, share("a", 1000), share("b", 1000))),
                SERVERS,
                Map.of("users", Map.of("a", 800L, "b", 799L)));

        assertThat(findings)
                .extracting(LimitFinding::server, LimitFinding::level)
                .containsExactly(tuple("a", Level.WARN), tuple("b", Level.OK));
        assertThat(findings.get(0).measured()).isEqualTo("800 tenants");
        assertThat(findings.get(0).limit()).isEqualTo("1,000");
        assertThat(findings.get(0).whatToDo())
                .contains("databases.users.servers")
                .contains("tenant-limit");
    }

    @Test
    void warnsOfManySchemasOnAServerWithoutALimit() {
        List<DatabaseSettings> databases = List.of(
                database("users", Isolation.SCHEMA, share("a")),
                database("orders", Isolation.SCHEMA, share("a")),
                database("files", Isolation.DATABASE, share("a")),
                database("billing", Isolation.SHARED, share("a")));

        assertThat(TenantLimits.of(databases, SERVERS, Map.of("users", Map.of("a", 600L), "files", Map.of("a", 5000L))))
                .hasSize(3)
                .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
        assertThat(TenantLimits.of(databases, SERVERS, Map.of("users", Map.of("a", 600L), "orders", Map.of("a", 400L))))
                .filteredOn(finding -> finding.level() == Level.WARN)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.measured()).isEqualTo("1,000 schemas of tenants in one PostgreSQL database");
                    assertThat(finding.whatToDo()).contains("set max-tenants");
                });
    }

    @Test
    void aLimitThatWasSetIsTheOnlyOne() {
        assertThat(TenantLimits.of(
                        List.of(database("users", Isolation.SCHEMA, share("a", 17_000))),
                        SERVERS,
                        Map.of("users", Map.of("a", 5000L))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
    }

    @Test
    void countsHomesOnServersThatTheDatabaseNoLongerNames() {
        List<LimitFinding> findings = TenantLimits.of(
                List.of(database("users", Isolation.SCHEMA, share("a"))),
                SERVERS,
                Map.of("users", Map.of("a", 2L, "b", 1000L, "gone", 3L)));

        assertThat(findings)
                .extracting(LimitFinding::server, LimitFinding::level, LimitFinding::measured)
                .containsExactly(
                        tuple("a", Level.OK, "2 tenants"),
                        tuple(
                                "b",
                                Level.OK,
                                "1,000 tenants; no new ones, since databases.users.servers does not name the server"),
                        tuple(
                                "gone",
                                Level.WARN,
                                "3 tenants; the server is not in the configuration, so their requests fail with"
                                        + " unknown-database"),
                        tuple("b", Level.WARN, "1,000 schemas of tenants in one PostgreSQL database"));
        assertThat(findings.get(1).whatToDo()).startsWith("name the server there");
        assertThat(findings.get(2).whatToDo()).startsWith("configure servers.gone");
    }

    private static ServerShare share(String server) {
        return new ServerShare(server, OptionalInt.empty());
    }

    private static ServerShare share(String server, int most) {
        return new ServerShare(server, OptionalInt.of(most));
    }

    private static DatabaseSettings database(String name, Isolation isolation, ServerShare... servers) {
        return new DatabaseSettings(
                name,
                Arrays.asList(servers),
                isolation,
                name + "_{tenant}",
                Path.of(name),
                List.of(),
                false,
                Set.of(),
                new DriftRules(VerifyAfter.NEVER, List.of()));
    }
}
