package io.tenantry.worker.cli.adopt;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.adopt.Adoption;
import io.tenantry.worker.operator.adopt.AdoptionTerms;
import io.tenantry.worker.operator.adopt.HomePattern;
import io.tenantry.worker.operator.adopt.UnknownVersionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code adopt}. */
@Command(
        name = "adopt",
        description = {
            "Registers schemas or databases of tenants that exist already, and marks them, so that rollouts and requests reach them."
                    + " Writes nothing without --yes.",
            "A home with a history of Flyway is registered at its version if the history fits the migrations. Any other home is compared"
                    + " with what the migrations make up to --baseline-version, or up to the version that --map gives for its revision in"
                    + " the table of Alembic, Django, Rails, Liquibase, golang-migrate, Ecto or dbmate. Only if nothing differs it gets a"
                    + " history that begins with this version. Tables of other tools stay.",
            "Takes up to four connections of each server, those that the workers can do without. Workers may run. Can be stopped and run"
                    + " again at any time.",
            "Status 1 if a home was refused, is different, has an unknown version, or could not be read, or if none has such a name."
        },
        footer = {
            "",
            "Example: look first, then adopt what can be adopted",
            "  tenantry adopt --database users --pattern 'tenant_{tenant}'",
            "  tenantry adopt --database users --pattern 'tenant_{tenant}' --yes",
            "",
            "Example: tenants that Alembic has made, of which some are one revision behind",
            "  tenantry adopt --database users --map 8c41d7b3e205=2 --map 1f2ac0e94b71=1"
        })
public final class Adopt extends OperatorCommand {
    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            required = true,
            description = "The named database that the homes belong to.")
    private String database = "";

    @Option(
            names = "--pattern",
            paramLabel = "PATTERN",
            description =
                    "How the schemas or databases are called, with {tenant} for the tenant; as the setting location, if it is"
                            + " left out.")
    private @Nullable String pattern;

    @Option(names = "--server", paramLabel = "SERVER", description = "Homes on this server only.")
    private @Nullable String server;

    @Option(
            names = "--baseline-version",
            paramLabel = "VERSION",
            description =
                    "The version that homes without a history of Flyway are compared with, unless --map says another one.")
    private @Nullable String baselineVersion;

    @Option(
            names = "--map",
            paramLabel = "REVISION=VERSION",
            description =
                    "A revision in another tool's version table is compared with this version; may be given several times."
                            + " Django: app.name, Liquibase: a tag or filename::id::author.")
    private List<String> mapped = new ArrayList<>();

    @Option(names = "--yes", description = "Mark and register the homes that can be adopted.")
    private boolean yes;

    public Adopt(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        DatabaseSettings settings = database(invocation.settings());
        AdoptionTerms terms =
                new AdoptionTerms(database, pattern(settings), server(settings), baselineVersion, map(), yes);
        if (!terms.pattern().toString().equals(settings.location())) {
            invocation
                    .output()
                    .note(
                            "--pattern is not databases." + database + ".location, " + settings.location()
                                    + ": adopted homes keep their places, but `registry rebuild` of a lost registry would not find them");
        }
        ShownAdoption shown = new ShownAdoption(invocation.output(), terms, command(invocation));
        try {
            new Adoption(invocation.access(), terms).run(shown);
        } catch (UnknownVersionException unknown) {
            throw usage(String.valueOf(unknown.getMessage()));
        }
        return shown.end(invocation.access().interruption());
    }

    private DatabaseSettings database(Settings settings) {
        DatabaseSettings found = settings.databases().stream()
                .filter(one -> one.name().equals(database))
                .findFirst()
                .orElseThrow(() -> usage("database " + database + " is not configured; configured: "
                        + String.join(
                                ", ",
                                settings.databases().stream()
                                        .map(DatabaseSettings::name)
                                        .toList())));
        if (found.isolation() == Isolation.SHARED) {
            throw usage("database " + database + " is shared by all tenants: its schema " + found.location()
                    + " needs no mark, and is used as it is from the first migrate --database " + database + " on");
        }
        return found;
    }

    private HomePattern pattern(DatabaseSettings settings) {
        String text = Objects.requireNonNullElse(pattern, settings.location());
        return HomePattern.of(text)
                .orElseThrow(() -> usage("--pattern is " + text + "; expected " + HomePattern.TENANT
                        + " once, and beside it a-z, 0-9, _ and -, as in 'tenant_{tenant}'"));
    }

    private @Nullable String server(DatabaseSettings settings) {
        if (server != null && !settings.serverNames().contains(server)) {
            throw usage("database " + database + " is not on server " + server + "; it is on "
                    + String.join(", ", settings.serverNames()));
        }
        return server;
    }

    /** A version has no equals sign, and a revision may have some. */
    private Map<String, String> map() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String entry : mapped) {
            int at = entry.lastIndexOf('=');
            if (at <= 0 || at == entry.length() - 1) {
                throw usage("--map is " + entry + "; expected REVISION=VERSION, as in 8c41d7b3e205=2");
            }
            String revision = entry.substring(0, at);
            String version = entry.substring(at + 1);
            @Nullable String other = map.putIfAbsent(revision, version);
            if (other != null && !other.equals(version)) {
                throw usage("--map gives revision " + revision + " the versions " + other + " and " + version
                        + ": give it one");
            }
        }
        return map;
    }

    /** The same command for the same homes, without what it writes. */
    private String command(Invocation invocation) {
        StringBuilder command = new StringBuilder("adopt --database ").append(database);
        if (pattern != null) {
            command.append(" --pattern '").append(pattern).append('\'');
        }
        if (server != null) {
            command.append(" --server ").append(server);
        }
        if (baselineVersion != null) {
            command.append(" --baseline-version ").append(baselineVersion);
        }
        mapped.forEach(entry ->
                command.append(" --map '").append(entry.replace("'", "'\\''")).append('\''));
        return invocation.next().of(command.toString());
    }
}
