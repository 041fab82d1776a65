package io.tenantry.worker.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenantry.worker.Commands;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import picocli.CommandLine;

/** The command as CI runs it: settings of servers and databases alone, git, JUnit XML. */
class VerifyCommandIT {
    @TempDir
    private Path folder;

    private final PostgresServer postgres = DevStack.shared().postgres();
    private final String database = "verify_" + UUID.randomUUID().toString().replace("-", "");
    private Path migrations;

    @BeforeEach
    void open() throws Exception {
        postgres.createDatabase(database);
        migrations = Files.createDirectories(folder.resolve("migrations/users"));
        Files.writeString(folder.resolve("tenantry.yaml"), """
                servers:
                  main:
                    url: %s
                    user: %s
                    password: %s
                databases:
                  users:
                    server: main
                    isolation: schema
                    location: "tenant_{tenant}"
                    migrations: filesystem:%s
                """.formatted(
                        postgres.jdbcUrl(database), postgres.user(), postgres.password(), migrations));
        script("V1__item.sql", "CREATE TABLE item (id int, name text);\n");
        script("V2__code.sql", "ALTER TABLE item ADD code text;\n");
    }

    @AfterEach
    void close() throws Exception {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE \"" + database + "\" WITH (FORCE)");
        }
    }

    @Test
    void comparesWithARevisionOfGitAndWritesForPeopleProgramsAndCi() throws Exception {
        git("init", "-q");
        git("add", ".");
        git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "release");
        script("V3__idx.sql", "-- why\nCREATE INDEX item_idx ON item (code);\n");

        Path junit = folder.resolve("verify.xml");
        CommandLineRun warned = verify("--against", "HEAD", "--strict", "--junit", junit.toString());
        assertThat(warned.status()).as(warned.err()).isEqualTo(1);
        assertThat(warned.err())
                .contains("the settings name no registry")
                .contains("the role of servers.main is a superuser: what");
        assertThat(warned.lines())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("  warning  V3__idx.sql line 2: require-concurrent-index-creation: index item_idx"))
                .endsWith("0 errors, 1 warning");
        Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(junit.toFile());
        Element suite = (Element) xml.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(1);

        CommandLineRun unknown = verify("--against", "release-0");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err())
                .contains("--against is release-0, which is no folder and no revision that git knows in " + migrations);
        // Changes that are not committed are no part of the revision. Without the released V1 the view has nothing to
        // read.
        script("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT id, name FROM item;\n");
        git("add", ".");
        git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "release 2");
        script("V1__item.sql", "CREATE TABLE item (id int, name text, more text);\n");
        Files.delete(migrations.resolve("V2__code.sql"));
        script("V1_1__late.sql", "ALTER TABLE item ADD code text;\n");
        CommandLineRun failed = verify("--against", "HEAD", "--json");
        assertThat(failed.status()).isEqualTo(1);
        List<JsonNode> json = failed.json();
        assertThat(json.subList(0, json.size() - 1))
                .extracting(one -> one.path("severity").asText() + " "
                        + one.path("check").asText() + " " + one.path("script").asText())
                .contains(
                        "error edited V1__item.sql", "error gone V2__code.sql", "error below-released V1_1__late.sql");
        assertThat(json.get(json.size() - 1).path("errors").asInt()).isEqualTo(3);

        script("V2__twice.sql", "SELECT 1;\n");
        script("V02__twice.sql", "SELECT 2;\n");
        CommandLineRun unusable = verify();
        assertThat(unusable.status()).isEqualTo(1);
        assertThat(unusable.out()).contains("error    unusable: no worker starts with these migrations: ");

        Files.delete(migrations.resolve("V02__twice.sql"));
        Path settings = folder.resolve("tenantry.yaml");
        Files.writeString(settings, Files.readString(settings) + "    allow: V9__none.sql\n");
        CommandLineRun refused = verify();
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.out())
                .contains(
                        "error    unusable: no worker starts with this: databases.users.allow = V9__none.sql: no migration");
    }

    @Test
    void eachDatabaseIsReportedAlsoIfOthersCannotBeTried() throws Exception {
        Path moved = Files.createDirectories(folder.resolve("moved"));
        Files.writeString(moved.resolve("V1__item.sql"), "CREATE TABLE item (id int);");
        Files.writeString(moved.resolve("V2__idx.sql"), "CREATE INDEX item_idx ON item (id);");
        Path twice = Files.createDirectories(folder.resolve("twice"));
        Files.writeString(twice.resolve("V1__a.sql"), "SELECT 1;");
        Files.writeString(twice.resolve("V1__b.sql"), "SELECT 1;");
        Path fresh = Files.createDirectories(folder.resolve("fresh"));
        Files.writeString(fresh.resolve("V7__a.sql"), "CREATE TABLE a (id int);");
        Files.writeString(fresh.resolve("V8__b.sql"), "CREATE INDEX a_idx ON a (id);");
        Files.createDirectories(folder.resolve("empty"));
        database("away", "away", fresh);
        database("main", "twice", twice);
        database("main", "empty", folder.resolve("empty"));
        Path gone = Files.createDirectories(folder.resolve("migrations/gone"));
        Files.writeString(gone.resolve("V3__moved.sql"), "CREATE INDEX moved_idx ON item (id);");
        Path kept = Files.createFile(moved.resolve(".gitkeep"));
        git("init", "-q");
        git("add", "migrations", kept.toString());
        git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "release");
        database("main", "fresh", fresh);
        database("main", "moved", moved);
        script("V1_1__item.sql", "ALTER TABLE item ADD late int;");
        Files.move(migrations.resolve("V2__code.sql"), migrations.resolve("V2__other.sql"));
        Files.move(gone.resolve("V3__moved.sql"), moved.resolve("V3__moved.sql"));

        Path junit = folder.resolve("verify.xml");
        CommandLineRun run = verify("--against", "HEAD", "--junit", junit.toString());

        assertThat(run.status()).as(run.err()).isEqualTo(1);
        assertThat(run.lines().stream()
                        .filter(line -> line.startsWith("  "))
                        .map(line -> line.replaceAll("^  (\\w+) +(?:(V\\w+).sql: )?([\\w-]+):.*", "$1 $2 $3")))
                .containsExactlyInAnyOrder(
                        "error V1_1__item below-released",
                        "error V2__other edited",
                        "error  not-tried",
                        "error  unusable",
                        "error  unusable",
                        "note  not-compared",
                        "note  not-compared",
                        "warning  not-compared");
        assertThat(run.out())
                .contains("revision HEAD does not have the folder of these migrations: nothing of them is released")
                .contains("revision HEAD has no migration in the folder of these, and has scripts of the same names in"
                        + " migrations/gone:")
                .contains("not-tried: server away cannot be used: Connection to 127.0.0.1:1 refused")
                .contains("; check servers.away.url, user and password");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(junit.toFile())
                        .getElementsByTagName("testsuite")
                        .getLength())
                .isEqualTo(6);
        // What is known before the first database is tried is said then, whether or not a server answers.
        Files.createDirectories(folder.resolve("released/users"));
        CommandLineRun noFolder = verify("--against", folder.resolve("released").toString());
        assertThat(noFolder.status()).isEqualTo(2);
        assertThat(noFolder.err()).contains("/released, which has no folder away: give it such a folder");
        assertThat(noFolder.out()).isEmpty();
        CommandLineRun noRevision = verify("--database", "away", "--against", "no-such-revision");
        assertThat(noRevision.status()).isEqualTo(2);
        assertThat(noRevision.err()).contains("no-such-revision, which is no folder and no revision that git knows");
        CommandLineRun noSeed = verify("--database", "away", "--seed", "7=" + folder.resolve("none.sql"));
        assertThat(noSeed.status()).isEqualTo(2);
        assertThat(noSeed.err()).contains("there is no such file");
    }

    @Test
    void eachVersionOfSeveralServersIsTriedOnceOrEachServerThatIsNamed() throws Exception {
        Path settings = folder.resolve("tenantry.yaml");
        String yaml = Files.readString(settings);
        String main = yaml.substring(yaml.indexOf("  main:"), yaml.indexOf("databases:"));
        Files.writeString(
                settings,
                yaml.replace("databases:\n", main.replace("  main:", "  twin:") + "databases:\n")
                        .replace("server: main", "servers: {main: {}, twin: {}}"));
        Path junit = folder.resolve("verify.xml");

        CommandLineRun run = verify();

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.lines()).hasSize(2);
        assertThat(run.lines().get(0))
                .startsWith("users: 2 migrations on server main (PostgreSQL ")
                .endsWith(", which stands for twin of the same version, 2 homes tried");
        CommandLineRun named = verify("--server", "twin", "--server", "main", "--json", "--junit", junit.toString());
        assertThat(named.status()).isZero();
        assertThat(named.json())
                .extracting(one -> one.path("server").asText() + one.path("sameVersion"))
                .containsExactly("main[]", "twin[]");
        assertThat(Files.readString(junit)).contains("tenantry verify users on main", "tenantry verify users on twin");
        assertThat(verify("--server", "other").status()).isEqualTo(2);
        database("main", "apart", migrations);
        CommandLineRun leftOut = verify("--database", "users", "--database", "apart", "--server", "twin");
        assertThat(leftOut.status()).isEqualTo(2);
        assertThat(leftOut.err()).contains("database apart is on none of the servers twin");
        assertThat(verify("--server", "twin").status()).isZero();
    }

    private void database(String server, String name, Path scripts) throws Exception {
        Path settings = folder.resolve("tenantry.yaml");
        Files.writeString(
                settings,
                Files.readString(settings)
                                .replace(
                                        "databases:\n",
                                        server.equals("away")
                                                ? "  away: {url: 'jdbc:postgresql://127.0.0.1:1/none', user: a, password: a}\ndatabases:\n"
                                                : "databases:\n")
                        + """
                          %s:
                            server: %s
                            isolation: schema
                            location: "%s_{tenant}"
                            migrations: filesystem:%s
                        """.formatted(name, server, name, scripts));
    }

    @Test
    void optionsThatCannotBeUsedEndWithTwo() throws Exception {
        Path seed = Files.writeString(folder.resolve("seed.sql"), "INSERT INTO item VALUES (1, 'one');");
        script("V3__drop.sql", "ALTER TABLE item DROP name;\n");
        CommandLineRun warned = verify("--seed", "1=" + seed);
        assertThat(warned.status()).as("without --strict").isZero();
        assertThat(warned.out()).contains("ban-drop-column").contains("0 errors, 1 warning");
        assertThat(verify("--seed", "7=" + seed).status()).isEqualTo(2);
        assertThat(verify("--seed", "1=" + folder.resolve("none.sql")).status()).isEqualTo(2);
        assertThat(verify("--seed", "newest=" + seed).status()).isEqualTo(2);
        Path copied = Files.writeString(folder.resolve("copied.sql"), "COPY item FROM STDIN;\n1\tone\n\\.\n");
        CommandLineRun copy = verify("--seed", "1=" + copied);
        assertThat(copy.status()).isEqualTo(2);
        assertThat(copy.err()).contains("copied.sql has COPY … FROM STDIN").contains("INSERTs");
        Files.move(migrations, folder.resolve("moved"));
        CommandLineRun noFolder = verify();
        assertThat(noFolder.status()).isEqualTo(2);
        assertThat(noFolder.err()).contains("databases.users.migrations is " + migrations, "no folder " + migrations);
        Files.move(folder.resolve("moved"), migrations);
        CommandLineRun noGit = verify("--against", "no-such-revision");
        assertThat(noGit.status()).isEqualTo(2);
        assertThat(noGit.err()).contains("no-such-revision, which is no folder").contains("not a git repository");
        assertThat(verify("--database", "other").status()).isEqualTo(2);
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(verify("--against", empty.toString()).out())
                .contains("note     not-compared: folder " + empty + " has no migration");
        for (String file : List.of(folder.resolve("none/verify.xml").toString(), folder.toString(), "")) {
            CommandLineRun unwritten = verify("--database", "users", "--junit", file);
            assertThat(unwritten.status()).isEqualTo(2);
            assertThat(unwritten.err()).contains("--junit").doesNotContain("Exception");
            assertThat(unwritten.out()).doesNotContain("warning");
        }
        assertThat(verify("--against", "").err()).contains("--against is empty");
        for (String spelling : List.of("1", "1.0", "01", "1_0_00")) {
            CommandLineRun twice = verify("--seed", "1=" + seed, "--seed", spelling + "=" + copied);
            assertThat(twice.status()).as(spelling).isEqualTo(2);
            assertThat(twice.err()).contains("names version 1 twice");
        }
        assertThat(verify("--seed", "10=" + seed, "--seed", "1=" + copied).err())
                .contains("copied.sql has COPY");
        assertThat(verify("--seed", "1=" + folder).err()).contains("it is a folder");
        Path latin = Files.write(folder.resolve("latin.sql"), new byte[] {(byte) 0xe4});
        assertThat(verify("--seed", "1=" + latin).err()).contains("it is not UTF-8");
        Path committed =
                Files.writeString(folder.resolve("committed.sql"), "INSERT INTO item VALUES (1, 'a'); COMMIT;");
        CommandLineRun ends = verify("--seed", "1=" + committed);
        assertThat(ends.status()).isEqualTo(2);
        assertThat(ends.err()).contains("committed.sql ends its transaction");
        Files.writeString(seed, "\ufeffINSERT INTO item VALUES (1, 'one');");
        assertThat(verify("--seed", "1=" + seed).status()).isZero();
    }

    private void script(String name, String text) throws Exception {
        Files.writeString(migrations.resolve(name), text);
    }

    private void git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private CommandLineRun verify(String... options) {
        CommandLine line = Commands.of(CommandLineRun.PIPE, (settings, next) -> {
            throw new IllegalStateException("no worker runs here");
        });
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        List<String> arguments = new ArrayList<>(
                List.of("verify", "--config", folder.resolve("tenantry.yaml").toString()));
        arguments.addAll(List.of(options));
        int status = line.execute(arguments.toArray(String[]::new));
        return new CommandLineRun(status, out.toString(), err.toString());
    }
}
