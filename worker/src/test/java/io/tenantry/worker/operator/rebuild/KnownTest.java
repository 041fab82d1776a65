package io.tenantry.worker.operator.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of several marked places is a home. */
class KnownTest {
    private static final DatabaseSettings USERS = users("main");

    @Test
    void theOnlyOneIsIt() {
        assertThat(known(null, "second").place(USERS)).contains(place("second"));
    }

    @Test
    void theRegisteredOneGoesFirst() {
        assertThat(known("second", "main", "second").place(USERS)).contains(place("second"));
    }

    @Test
    void thenTheOneOnTheConfiguredServer() {
        assertThat(known(null, "second", "main").place(USERS)).contains(place("main"));
        assertThat(known("gone", "second", "main").place(USERS)).contains(place("main"));
    }

    @Test
    void ofTwoConfiguredServersNoneIsChosen() {
        DatabaseSettings spread = users("main", "second");

        assertThat(known(null, "second", "third").place(spread)).contains(place("second"));
        assertThat(known(null, "second", "main").place(spread)).isEmpty();
        assertThat(known("main", "second", "main").place(spread)).contains(place("main"));
    }

    @Test
    void ofTwoOtherServersNoneIsChosen() {
        assertThat(known(null, "second", "third").place(USERS)).isEmpty();
    }

    private static DatabaseSettings users(String... servers) {
        return new DatabaseSettings(
                "users",
                Arrays.stream(servers)
                        .map(server -> new ServerShare(server, OptionalInt.empty()))
                        .toList(),
                Isolation.SCHEMA,
                "users_{tenant}",
                Path.of("users"),
                List.of(),
                false,
                Set.of(),
                new DriftRules(VerifyAfter.NEVER, List.of()));
    }

    private static Known known(@Nullable String registered, String... servers) {
        Optional<RegisteredHome> row = Optional.ofNullable(registered)
                .map(server -> new RegisteredHome("acme", "users", server, "users_acme", "1", null, null, null));
        return new Known(
                Optional.of("acme"),
                "users",
                row,
                Arrays.stream(servers).map(KnownTest::place).toList());
    }

    private static TenantHome place(String server) {
        return new TenantHome("acme", "users", server, "users_acme", Isolation.SCHEMA);
    }
}
