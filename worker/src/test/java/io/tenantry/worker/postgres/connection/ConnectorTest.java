package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Secret;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.Driver;

class ConnectorTest {
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example:6432/app, db.example, 6432",
        "jdbc:postgresql://db.example:6432/app?sslmode=require&options=-c%20a=b, db.example, 6432",
        "'jdbc:postgresql://one:1,two:2/app?targetServerType=primary', 'one,two', '1,2'",
        "jdbc:postgresql://db.example/?sslmode=require, db.example, 5432",
        "jdbc:postgresql://[::1]:6432/app, [::1], 6432",
        "jdbc:postgresql:app, localhost, 5432"
    })
    void findsAnotherDatabaseOfTheSameServer(String url, String host, String port) {
        Connector connector = new Connector(url, "app", Secret.EMPTY, () -> "test");
        Properties before = Driver.parseURL(url, null);

        Properties there = Driver.parseURL(connector.addressOf("we ird/ä?&+%"), null);

        assertThat(there)
                .containsEntry("PGDBNAME", "we ird/ä?&+%")
                .containsEntry("PGHOST", host)
                .containsEntry("PGPORT", port);
        before.stringPropertyNames().stream()
                .filter(name -> !name.startsWith("PG"))
                .forEach(name -> assertThat(there.getProperty(name)).isEqualTo(before.getProperty(name)));
    }
}
