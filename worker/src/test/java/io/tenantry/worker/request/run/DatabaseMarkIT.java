package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A script that sets the comment of its tenant's own database: the mark of the home is put back. */
class DatabaseMarkIT {
    private static final long PATIENCE_SECONDS = 60;

    private static Workbench bench;

    @BeforeAll
    static void open() throws Exception {
        bench = new Workbench().inDatabases();
        bench.with("V1__a.sql", "CREATE TABLE a (id int);");
    }

    @AfterAll
    static void close() throws Exception {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "one| V2__b.sql| ''ours''",
                "two| V2__b.sql| NULL",
                "three| V2__b.sql| ''tenantry tenant=other database=users''",
                "four| afterEachMigrate__z.sql| ''ours''",
                "five| afterMigrate.sql| ''ours''",
                "six| beforeMigrate.sql| NULL"
            })
    void theMarkIsPutBack(String tenant, String script, String comment) throws Exception {
        bench.with(script, comment(comment));

        assertThat(signUp(tenant).outcome()).isEqualTo(Outcome.COMPLETED);

        assertMarked(tenant);
        bench.without(script);
    }

    @Test
    void whateverAScriptOutsideATransactionHasSetBeforeItFailed() throws Exception {
        bench.with("V2__b.sql", comment("''ours''") + "\nCREATE TABLE missing.b (id int);")
                .with("V2__b.sql.conf", "executeInTransaction=false");

        TenantResult result = signUp("seven");

        assertThat(Objects.requireNonNull(result.error()).code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertMarked("seven");
        bench.without("V2__b.sql").without("V2__b.sql.conf");
    }

    private static String comment(String literal) {
        return "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS " + literal + "', current_database()); END $$;";
    }

    private static void assertMarked(String tenant) throws Exception {
        List<String> comments =
                bench.query("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '"
                        + bench.databaseOf(tenant) + "'");
        assertThat(comments).containsExactly("tenantry tenant=" + tenant + " database=users");
    }

    private static TenantResult signUp(String tenant) throws Exception {
        return bench.release().signUp(tenant).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
