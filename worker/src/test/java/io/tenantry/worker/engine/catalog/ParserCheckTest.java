package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParserCheckTest {
    private static final Map<String, String> PLACEHOLDERS = Map.of("tenant", "t", "schema", "s");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY a FROM STDIN;\n1\n2\n",
                "COPY a FROM STDIN;",
                "COPY a FROM STDIN",
                "copy a (id, b) from stdin with (format csv);\n1,2\n\\.x\n",
                "SELECT 1;\n\nCOPY a FROM STDIN;\n1\n\\.\nCOPY b FROM STDIN;\n",
            })
    void rowsOfACopyWithoutAnEndAreNoEndlessStart(String text) {
        for (String name : new String[] {"V2__rows.sql", "R__rows.SQL", "afterMigrate.sql"}) {
            assertThatThrownBy(() -> check(Map.of("V1__a.sql", "SELECT 1;", name, text)))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageStartingWith(name + " (line ")
                    .hasMessageContaining(
                            ": Flyway's parser never gets through it, so no tenant would ever be migrated");
        }
    }

    @Test
    void allEndlessScriptsAreNamed() {
        assertThatThrownBy(() -> check(Map.of(
                        "V1__a.sql", "COPY a FROM STDIN;\n",
                        "V2__b.sql", "SELECT '${nobody}';",
                        "sub/V3__c.sql", "SELECT 1;\nCOPY a FROM STDIN;\n")))
                .hasMessageStartingWith("V1__a.sql (line 1); sub/V3__c.sql (line 2): ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SELECT 1",
                "-- x",
                "/* x",
                "/* /* x */",
                "SELECT 'x",
                "SELECT \"x",
                "SELECT $$x",
                "SELECT $a$x",
                "SELECT $1 + $2",
                "SELECT E'\\",
                "SELECT (1",
                "SELECT 1)",
                "\ufeff",
                "COPY a FROM stdin;\n1\n\\.",
                "COPY a FROM stdin;\r\n1\r\n\\.\r\nSELECT 1;",
                "COPY a TO STDOUT;",
                "\\copy a from x",
                "SELECT '${tenant} ${schema} ${flyway:user} ${flyway:filename} ${flyway:timestamp}';",
                "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 2 END; END;",
            })
    void whatFlywayReadsIsNoFault(String text) {
        assertThat(check(Map.of("V1__a.sql", text))).isEmpty();
    }

    @Test
    void whatFlywayCannotReadIsNamedWithItsLine() {
        String atomic = """
                SELECT 1;

                CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql BEGIN ATOMIC
                SELECT $1 + $2;
                END;
                """;

        Map<String, String> unreadable = check(Map.of(
                "V1__a.sql", "SELECT 1;",
                "V2__sums.sql", atomic,
                "V3__b.sql", "SELECT '${nobody}';",
                "V4__c.sql", "CREATE INDEX CONCURRENTLY i ON a (b);\nCREATE TABLE c (id int);"));

        assertThat(unreadable).containsOnlyKeys("V2__sums.sql", "V3__b.sql", "V4__c.sql");
        assertThat(unreadable.get("V2__sums.sql"))
                .startsWith("Incomplete statement at line 3 col 1: CREATE FUNCTION plus")
                .endsWith("; Flyway takes $1 for the beginning of a quote: give the parameters names");
        assertThat(unreadable.get("V3__b.sql"))
                .isEqualTo("No value provided for placeholder: ${nobody}. Check your configuration!");
        assertThat(unreadable.get("V4__c.sql")).contains("transactional and non-transactional statements");
    }

    @Test
    void aParserThatBreaksIsNoEndOfTheStart() {
        ParserCheck check = new ParserCheck(
                (script, configuration) -> {
                    throw new IndexOutOfBoundsException(-1);
                },
                System::nanoTime,
                Duration.ofSeconds(1));

        check.read(Scripts.of(Map.of("V1__a.sql", "SELECT 1;")), "V1__a.sql");

        assertThat(check.outcome()).containsExactly(Map.entry("V1__a.sql", "its parser fails"));
    }

    /** Half a minute passes whenever somebody looks. */
    @Test
    void aParserThatReadsNothingMoreIsNotWaitedFor() throws InterruptedException {
        AtomicLong now = new AtomicLong();
        CountDownLatch interrupted = new CountDownLatch(1);
        ParserCheck check = new ParserCheck(
                (script, configuration) -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException stopped) {
                        interrupted.countDown();
                    }
                },
                () -> now.addAndGet(Duration.ofSeconds(30).toNanos()),
                Duration.ofMillis(1));

        check.read(Scripts.of(Map.of("V1__a.sql", "SELECT 1;")), "V1__a.sql");

        assertThatThrownBy(check::outcome).hasMessageStartingWith("V1__a.sql: Flyway's parser never gets through it");
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** One character in twenty seconds: it takes minutes, and gets on. */
    @Test
    void aSlowParserIsWaitedFor() {
        AtomicLong now = new AtomicLong();
        Semaphore turn = new Semaphore(0);
        Semaphore read = new Semaphore(0);
        AtomicBoolean end = new AtomicBoolean();
        ParserCheck check = new ParserCheck(
                (script, configuration) -> {
                    try (Reader reader = script.read()) {
                        do {
                            turn.acquireUninterruptibly();
                            end.set(reader.read() == -1);
                            read.release();
                        } while (!end.get());
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                },
                () -> {
                    if (!end.get()) {
                        turn.release();
                        read.acquireUninterruptibly();
                    }
                    return now.addAndGet(Duration.ofSeconds(20).toNanos());
                },
                Duration.ofMillis(1));

        check.read(Scripts.of(Map.of("V1__a.sql", "SELECT 1;")), "V1__a.sql");

        assertThat(check.outcome()).isEmpty();
        assertThat(now.get()).isGreaterThan(Duration.ofMinutes(2).toNanos());
    }

    private static Map<String, String> check(Map<String, String> scripts) {
        return ParserCheck.of(Scripts.of(scripts), PLACEHOLDERS);
    }
}
