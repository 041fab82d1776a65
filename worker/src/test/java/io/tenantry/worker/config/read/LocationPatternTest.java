package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Isolation;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocationPatternTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "SCHEMA, tenant_{tenant}",
        "SCHEMA, {tenant}_app",
        "SCHEMA, a{tenant}-b_9",
        "SCHEMA, tenantry_{tenant}",
        "SCHEMA, p_g_{tenant}",
        "SCHEMA, fifteen_letters{tenant}",
        "DATABASE, public{tenant}",
        "DATABASE, analytics_{tenant}",
        "SHARED, billing",
        "SHARED, public",
        "SHARED, tenantry2",
        "SHARED, a12345678901234567890123456789012345678901234567890123456789012",
    })
    void isTaken(Isolation isolation, String location) {
        assertThat(LocationPattern.fault(location, isolation)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SCHEMA | users | contains {tenant} 0 times",
                "DATABASE | users | contains {tenant} 0 times",
                "SCHEMA | {tenant}_{tenant} | contains {tenant} 2 times",
                "SHARED | billing_{tenant} | contains {tenant} once",
                "SCHEMA | Tenant_{tenant} | contains characters that names here do not have",
                "SCHEMA | tenant_{tenant}\" | contains characters that names here do not have",
                "SCHEMA | tenant.{tenant} | contains characters that names here do not have",
                "SCHEMA | x{{tenant}} | contains characters that names here do not have",
                "SHARED | bill ing | contains characters that names here do not have",
                "SHARED | büro | contains characters that names here do not have",
                "SCHEMA | 1_{tenant} | does not start with a letter",
                "SCHEMA | _{tenant} | does not start with a letter",
                "SHARED | 1billing | does not start with a letter",
                "SCHEMA | pg_{tenant} | starts with pg_, which PostgreSQL keeps for itself",
                "SHARED | pg_catalog | starts with pg_, which PostgreSQL keeps for itself",
                "SCHEMA | sixteen_letters_{tenant} | makes names of up to 64 bytes, PostgreSQL has 63",
                "SHARED | a123456789012345678901234567890123456789012345678901234567890123 "
                        + "| makes names of up to 64 bytes, PostgreSQL has 63",
                "SCHEMA | {tenant} | can be information_schema, which is not a tenant's",
                "SCHEMA | t{tenant} | can be tenantry, which is not a tenant's",
                "SCHEMA | tenant{tenant} | can be tenantry, which is not a tenant's",
                "SCHEMA | {tenant}y | can be tenantry, which is not a tenant's",
                "SCHEMA | {tenant}lic | can be public, which is not a tenant's",
                "DATABASE | tenant{tenant} | can be tenantry, which is not a tenant's",
                "DATABASE | template{tenant} | can be template0, which is not a tenant's",
                "DATABASE | post{tenant} | can be postgres, which is not a tenant's",
                "SHARED | tenantry | can be tenantry, which is not a tenant's",
            })
    void isRefused(Isolation isolation, String location, String fault) {
        assertThat(LocationPattern.fault(location, isolation)).contains(fault);
    }

    @Test
    void isCheckedByTheIsolationOfItsDatabase() {
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.databases.users.isolation", "shared")
                        .onlyFault())
                .isEqualTo("databases.users.location = \"tenant_{tenant}\" (line 13): contains {tenant} once; allowed:"
                        + " a-z, 0-9, _ and -, a letter first, not pg_ first, at most 63 characters, without {tenant}");
        assertThat(new Reading(folder, Reading.MINIMAL)
                        .property("tenantry.databases.users.location", "tenant{tenant}")
                        .onlyFault())
                .isEqualTo("databases.users.location = \"tenant{tenant}\" (system property): can be tenantry, which is"
                        + " not a tenant's; allowed: {tenant} exactly once, and beside it a-z, 0-9, _ and -, a letter"
                        + " first, not pg_ first, at most 15 characters");
    }
}
