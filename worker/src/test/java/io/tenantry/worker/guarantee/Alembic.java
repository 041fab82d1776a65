package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs in {@code ops/alembic}, run by the Python that has Debian's packages {@code alembic} and {@code python3-psycopg2}. */
final class Alembic {
    private static final String REQUIRED = "tenantry.alembic.required";
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path PROGRAMS = Path.of("..", "ops", "alembic");

    private Alembic() {}

    /** Skips the test where Alembic is missing, and the build says so; with {@code tenantry.alembic.required} it fails. */
    static void require() throws Exception {
        String message =
                "Alembic is missing, so the way from Alembic to Tenantry was NOT tested; install Debian's packages"
                        + " alembic and python3-psycopg2";
        boolean found;
        try {
            found = new ProcessBuilder(PYTHON, "-c", "import alembic, psycopg2")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noPython) {
            found = false;
        }
        if (!found) {
            assertThat(Boolean.getBoolean(REQUIRED)).as(message).isFalse();
            System.out.println("[WARNING] " + message);
            abort(message);
        }
    }

    /** Writes Alembic's revisions as migrations; the options of {@code adopt} for them. */
    static List<String> migrations(Path folder) throws Exception {
        String output = run(
                "migrations.py", "--config", PROGRAMS.resolve("alembic.ini").toString(), "--out", folder.toString());
        return List.of(output.strip().split("\\s+"));
    }

    /** Makes schemas with tables, as the role of this URL. */
    static void fleet(String url, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(url));
        arguments.addAll(List.of(options));
        run("fleet.py", arguments.toArray(String[]::new));
    }

    private static String run(String program, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(PYTHON, PROGRAMS.resolve(program).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
        return output;
    }
}
