package io.tenantry.worker.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaNameMaskTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tenant_a | SELECT * FROM tenant_a.users | SELECT * FROM <schema>.users",
                "tenant_a | FROM TENANT_A . users, \"tenant_a\".tasks | FROM <schema> . users, <schema>.tasks",
                "tenant_a | 'INSERT INTO tenant_a.log' | 'INSERT INTO <schema>.log'",
                "tenant-b | FROM \"tenant-b\".users | FROM <schema>.users",
                "a\"b | FROM \"a\"\"b\".users | FROM <schema>.users",
                "tenant_a | SET search_path TO 'tenant_a', 'public' | SET search_path TO <schema>, 'public'",
                "tenant_a | set local search_path = tenant_a; | set local search_path = <schema>;",
                "tenant-b | SET search_path TO \"tenant-b\", pg_temp | SET search_path TO <schema>, pg_temp",
                "it's | SET search_path TO 'it''s' | SET search_path TO <schema>",
            })
    void itsOwnNameIsHidden(String schema, String text, String hidden) {
        assertThat(new SchemaNameMask(schema).hide(text)).isEqualTo(hidden);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tenant_a | nspname = 'tenant_a'",
                "tenant_a | my_tenant_a.users, tenant_a2.users, tenant_abc.users, étenant_a.users",
                "tenant_a | x.tenant_a.y",
                "tenant_a | SELECT tenant_a FROM tenant_a",
                "tenant_a | FOR i IN tenant_a..10",
                "tenant_a | SET search_path TO tenant_b, 'my_tenant_a', tenant_ab; SELECT tenant_a",
                "tenant-b | tenant-b.users",
                "Tenant | tenant.users Tenant.users",
            })
    void whatOnlyLooksLikeItStays(String schema, String text) {
        assertThat(new SchemaNameMask(schema).hide(text)).isEqualTo(text);
    }
}
