package io.tenantry.worker.postgres.home;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Isolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantHomeTest {
    /** The expected ones are {@code printf tenant_acme | sha256sum | cut -c1-16}. */
    @ParameterizedTest
    @CsvSource({"tenant_acme, 4d3b35d6d7309d87", "mandant_grün, 2d564959f29d897c", "tenant_t3, e4334767d2772b2a"})
    void locksByTheFirstEightBytesOfTheDigestOfTheLocation(String location, String hexadecimal) {
        TenantHome home = new TenantHome("acme", "users", "main", location, Isolation.SCHEMA);

        assertThat(home.lockKey()).isEqualTo(Long.parseUnsignedLong(hexadecimal, 16));
    }

    @Test
    void locksByTheLocationAlone() {
        assertThat(new TenantHome("acme", "users", "main", "tenant_acme", Isolation.SCHEMA).lockKey())
                .isEqualTo(new TenantHome("other", "billing", "second", "tenant_acme", Isolation.SCHEMA).lockKey());
    }

    @Test
    void marksItsSchemaWithTenantAndDatabase() {
        assertThat(new TenantHome("acme", "users", "main", "tenant_acme", Isolation.SCHEMA).mark())
                .isEqualTo("tenantry tenant=acme database=users");
    }
}
