package io.tenantry.worker.cli.verify;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.proof.Finding.Severity;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.verify.DatabaseReport;
import io.tenantry.worker.operator.verify.UnusableOptionException;
import io.tenantry.worker.operator.verify.VerifyRun;
import io.tenantry.worker.operator.verify.VerifyTerms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code verify}. */
@Command(
        name = "verify",
        description = {
            "Tries the migrations before they are released, on a scratch place of the configured servers, of which nothing"
                    + " stays. Needs no Kafka and no registry; not meant for servers with tenants.",
            "Each script runs by plan and by Flyway, from empty and on a home at each older version, with rows; then all run a"
                    + " second time. What a script does to tables in use is measured: locks, scans, rewrites.",
            "Without --against all scripts count as new, and all tables as in use.",
            "Status 1 after an error, or with --strict after a warning; 2 if the settings or options cannot be used."
        },
        footer = {
            "",
            "Example: what CI asks before a merge",
            "  tenantry verify --against origin/main --junit verify.xml",
            "Example: with rows like a tenant's, from version 8 on",
            "  tenantry verify --database users --seed 8=seed.sql"
        })
public final class Verify extends OperatorCommand {
    private static final Pattern SEED = Pattern.compile("(\\d+(?:[._]\\d+)*)=(.+)");

    @Option(names = "--database", paramLabel = "DATABASE", description = "This database only; can be given again.")
    private List<String> databases = new ArrayList<>();

    @Option(
            names = "--server",
            paramLabel = "SERVER",
            description =
                    "On this server only; can be given again. Without it a database with several servers is tried on"
                            + " the first one of each major version of PostgreSQL.")
    private List<String> servers = new ArrayList<>();

    @Option(
            names = "--against",
            paramLabel = "FOLDER|REVISION",
            description =
                    "The migrations that are released: a folder (or one that has a folder for each database), or a"
                            + " revision of git. Scripts that were edited or are gone are errors, and only new ones are measured.")
    private @Nullable String against;

    @Option(
            names = "--seed",
            paramLabel = "VERSION=FILE",
            description = "SQL that inserts rows of a tenant when a home has reached the version; can be given again.")
    private List<String> seeds = new ArrayList<>();

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write the findings as JUnit XML.")
    private @Nullable Path junit;

    @Option(names = "--strict", description = "Warnings are errors.")
    private boolean strict;

    public Verify(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (against != null && against.isBlank()) {
            throw usage("--against is empty: give a folder or a revision of git, or leave the option out");
        }
        if (junit != null) {
            JUnitXml.whyNot(junit).ifPresent(reason -> {
                throw usage("--junit: " + reason);
            });
        }
        Map<String, Path> files = files();
        Settings settings = invocation.settingsOfServers();
        List<DatabaseSettings> chosen = chosen(settings);
        if (!seeds.isEmpty() && chosen.size() > 1) {
            throw usage("--seed is for one database: choose it with --database");
        }
        VerifyText text = new VerifyText(invocation.output());
        List<DatabaseReport> reports = new ArrayList<>();
        try {
            new VerifyRun(
                            invocation.accessOf(settings),
                            new VerifyTerms(against, Set.copyOf(servers), files),
                            invocation.output()::note)
                    .run(chosen, report -> {
                        reports.add(report);
                        text.show(report);
                    });
        } catch (UnusableOptionException unusable) {
            throw usage(String.valueOf(unusable.getMessage()));
        } catch (OperationFailedException failure) {
            writeBeside(failure, reports);
            throw failure;
        }
        if (junit != null) {
            JUnitXml.write(junit, reports, strict, null);
        }
        boolean failed = reports.stream()
                .anyMatch(report -> report.count(Severity.ERROR) > 0 || (strict && report.count(Severity.WARNING) > 0));
        return failed ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    /** The files of --seed by their versions. */
    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String seed : seeds) {
            Matcher parts = SEED.matcher(seed);
            if (!parts.matches()) {
                throw usage("--seed is " + seed + "; expected VERSION=FILE, as in 8=seed.sql");
            }
            String version = plain(parts.group(1));
            if (files.put(version, Path.of(parts.group(2))) != null) {
                throw usage("--seed names version " + version + " twice: put the rows into one file");
            }
        }
        return files;
    }

    /** A version as it is spelled shortest, since Flyway takes 8.1, 8_1, 08.1 and 8.1.0 for the same. */
    private static String plain(String version) {
        return version.replace('_', '.').replaceAll("(^|\\.)0+(?=\\d)", "$1").replaceAll("(\\.0)+$", "");
    }

    /** The status is that of the failure, whether or not the file can be written. */
    private void writeBeside(OperationFailedException failure, List<DatabaseReport> reports) {
        if (junit != null) {
            try {
                JUnitXml.write(junit, reports, strict, failure.getMessage());
            } catch (OperationFailedException unwritable) {
                failure.addSuppressed(unwritable);
            }
        }
    }

    private List<DatabaseSettings> chosen(Settings settings) {
        List<String> names =
                settings.databases().stream().map(DatabaseSettings::name).toList();
        databases.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw usage("database " + name + " is not configured; configured: " + String.join(", ", names));
        });
        List<DatabaseSettings> chosen = settings.databases().stream()
                .filter(database -> databases.isEmpty() || databases.contains(database.name()))
                .toList();
        servers.stream()
                .filter(name ->
                        chosen.stream().noneMatch(one -> one.serverNames().contains(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw usage("server " + name + " is configured for none of these databases: "
                            + chosen.stream().map(DatabaseSettings::name).collect(Collectors.joining(", ")));
                });
        Predicate<DatabaseSettings> isOnOne =
                database -> servers.isEmpty() || database.serverNames().stream().anyMatch(servers::contains);
        chosen.stream()
                .filter(database -> databases.contains(database.name()) && !isOnOne.test(database))
                .findFirst()
                .ifPresent(database -> {
                    throw usage("database " + database.name() + " is on none of the servers "
                            + String.join(", ", servers) + "; it is on " + String.join(", ", database.serverNames()));
                });
        return chosen.stream().filter(isOnOne).toList();
    }
}
