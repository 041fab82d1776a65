package io.tenantry.worker;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the packages may use: each other, libraries, and JDBC. {@link ArchitectureTest} holds the code to it. */
final class Arrows {
    /**
     * The arrows: which packages each package may use. A request goes from intake to lane, step and engine, its outcome
     * from request.run to settle (by an interface of request), and back to intake. Add an arrow only on purpose.
     */
    static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry(
                    "intake",
                    Set.of(
                            "intake.admission",
                            "intake.backlog",
                            "intake.client",
                            "intake.offsets",
                            "intake.poll",
                            "intake.publish",
                            "lane",
                            "request",
                            "rollout",
                            "settle",
                            "telemetry",
                            "config")),
            entry("intake.admission", Set.of("lane", "request", "settle", "timing")),
            entry("intake.backlog", Set.of("intake.client", "intake.offsets", "telemetry", "config")),
            entry("intake.client", Set.of("telemetry", "config")),
            entry("intake.offsets", Set.of("settle", "telemetry", "timing")),
            entry("intake.poll", Set.of("timing")),
            entry(
                    "intake.publish",
                    Set.of(
                            "intake.admission",
                            "intake.client",
                            "intake.offsets",
                            "rollout",
                            "settle",
                            "telemetry",
                            "timing")),
            entry(
                    "settle",
                    Set.of("request", "postgres", "registry", "registry.rollout", "telemetry", "timing", "config")),
            entry(
                    "request",
                    Set.of(
                            "step",
                            "engine",
                            "engine.history",
                            "engine.template",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "config")),
            entry(
                    "request.run",
                    Set.of(
                            "lane",
                            "request",
                            "step",
                            "engine.history",
                            "engine.plan",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "registry.rollout",
                            "telemetry",
                            "config")),
            entry(
                    "step",
                    Set.of(
                            "engine",
                            "engine.history",
                            "engine.plan",
                            "engine.template",
                            "postgres.connection",
                            "postgres.home")),
            entry("lane", Set.of("timing", "config")),
            entry(
                    "startup",
                    Set.of(
                            "limits",
                            "settle",
                            "engine.catalog",
                            "engine.proof",
                            "postgres",
                            "postgres.connection",
                            "registry",
                            "intake.client",
                            "config")),
            entry(
                    "housekeeping",
                    Set.of(
                            "drift.check",
                            "drift.record",
                            "engine.catalog",
                            "engine.template",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "registry.drift",
                            "registry.rollout",
                            "request.run",
                            "telemetry",
                            "config")),
            entry(
                    "rollout",
                    Set.of(
                            "engine.catalog",
                            "postgres",
                            "registry",
                            "registry.rollout",
                            "telemetry",
                            "timing",
                            "config")),
            entry("registry.rollout", Set.of("postgres")),
            entry("registry.overview", Set.of("postgres")),
            entry(
                    "registry.drift",
                    Set.of("engine.reference", "engine.snapshot", "postgres", "registry", "registry.rollout")),
            entry("registry.lease", Set.of("postgres", "postgres.connection", "registry", "registry.rollout")),
            entry(
                    "registry",
                    Set.of("registry.rollout", "engine.catalog", "postgres", "postgres.connection", "config")),
            entry(
                    "engine",
                    Set.of(
                            "engine.catalog",
                            "engine.history",
                            "engine.flyway",
                            "engine.plan",
                            "postgres",
                            "postgres.connection",
                            "postgres.home")),
            entry("engine.catalog", Set.of("postgres", "postgres.home")),
            entry("engine.history", Set.of("engine.catalog", "postgres", "postgres.connection", "postgres.home")),
            entry(
                    "engine.flyway",
                    Set.of("engine.catalog", "engine.history", "postgres", "postgres.connection", "postgres.home")),
            entry(
                    "engine.plan",
                    Set.of("engine.catalog", "engine.history", "postgres", "postgres.connection", "postgres.home")),
            entry("engine.snapshot", Set.of("postgres")),
            entry("engine.hazard", Set.of("engine.catalog", "engine.snapshot", "postgres")),
            entry(
                    "engine.proof",
                    Set.of(
                            "engine.catalog",
                            "engine.hazard",
                            "engine.history",
                            "engine.flyway",
                            "engine.plan",
                            "engine.snapshot",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "config")),
            entry(
                    "engine.reference",
                    Set.of(
                            "engine.catalog",
                            "engine.history",
                            "engine.proof",
                            "engine.snapshot",
                            "postgres",
                            "postgres.connection",
                            "postgres.home")),
            entry(
                    "engine.template",
                    Set.of(
                            "engine.catalog",
                            "engine.history",
                            "engine.flyway",
                            "engine.snapshot",
                            "postgres",
                            "postgres.connection",
                            "postgres.home")),
            entry("postgres.home", Set.of("postgres", "postgres.connection", "config")),
            entry("postgres.connection", Set.of("postgres", "config")),
            entry("postgres", Set.of()),
            entry("telemetry", Set.of("timing", "config")),
            entry("timing", Set.of()),
            entry("cli", Set.of("operator", "config", "config.read")),
            entry(
                    "cli.fleet",
                    Set.of(
                            "cli",
                            "limits",
                            "operator",
                            "operator.fleet",
                            "operator.limits",
                            "registry.overview",
                            "registry.rollout")),
            entry("cli.deadletters", Set.of("cli", "operator", "operator.deadletters")),
            entry("cli.setup", Set.of("cli", "operator.setup", "config", "config.read")),
            entry(
                    "cli.request",
                    Set.of(
                            "cli",
                            "operator",
                            "operator.request",
                            "operator.home",
                            "engine",
                            "engine.flyway",
                            "postgres.home",
                            "config",
                            "config.read")),
            entry("cli.registry", Set.of("cli", "operator", "operator.rebuild", "postgres.home", "config")),
            entry("cli.adopt", Set.of("cli", "operator", "operator.adopt", "config")),
            entry(
                    "operator.adopt",
                    Set.of(
                            "operator",
                            "operator.home",
                            "drift",
                            "drift.check",
                            "engine.catalog",
                            "engine.history",
                            "engine.plan",
                            "engine.reference",
                            "engine.snapshot",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "config")),
            entry(
                    "operator.rebuild",
                    Set.of(
                            "operator",
                            "operator.home",
                            "engine.catalog",
                            "engine.history",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "config")),
            entry(
                    "operator.home",
                    Set.of(
                            "operator",
                            "engine",
                            "engine.catalog",
                            "engine.flyway",
                            "engine.history",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "registry.lease",
                            "step",
                            "config")),
            entry("drift", Set.of("engine.snapshot", "config")),
            entry("cli.verify", Set.of("cli", "operator", "operator.verify", "engine.proof", "config")),
            entry(
                    "operator.verify",
                    Set.of(
                            "operator",
                            "operator.home",
                            "engine.catalog",
                            "engine.proof",
                            "postgres",
                            "postgres.connection",
                            "config")),
            entry(
                    "drift.check",
                    Set.of(
                            "drift",
                            "engine.catalog",
                            "engine.history",
                            "engine.reference",
                            "engine.snapshot",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "config")),
            entry(
                    "drift.verify",
                    Set.of(
                            "drift",
                            "drift.check",
                            "drift.record",
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "request",
                            "config")),
            entry("drift.record", Set.of("drift", "drift.check", "postgres.home", "registry.drift")),
            entry(
                    "operator.drift",
                    Set.of(
                            "operator",
                            "operator.home",
                            "drift.check",
                            "drift.record",
                            "engine.reference",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "registry.drift",
                            "registry.overview",
                            "config")),
            entry(
                    "cli.drift",
                    Set.of("cli", "operator", "operator.drift", "drift", "drift.check", "registry.overview", "config")),
            entry("operator.request", Set.of("operator", "config", "config.read")),
            entry("cli.rollout.text", Set.of("cli", "operator.rollout", "registry.rollout")),
            entry(
                    "cli.rollout.watch",
                    Set.of(
                            "cli.rollout.text",
                            "cli",
                            "operator",
                            "operator.rollout",
                            "registry.rollout",
                            "config.read")),
            entry(
                    "cli.rollout",
                    Set.of(
                            "cli.rollout.text",
                            "cli.rollout.watch",
                            "cli",
                            "operator",
                            "operator.rollout",
                            "registry.rollout",
                            "config.read")),
            entry("operator", Set.of("postgres", "registry", "config", "config.read")),
            entry(
                    "operator.fleet",
                    Set.of(
                            "operator",
                            "rollout",
                            "registry",
                            "registry.overview",
                            "registry.rollout",
                            "engine.catalog",
                            "config")),
            entry(
                    "operator.limits",
                    Set.of(
                            "limits",
                            "operator",
                            "operator.home",
                            "engine.catalog",
                            "postgres",
                            "postgres.connection",
                            "registry",
                            "config")),
            entry("limits", Set.of("postgres", "config")),
            entry("operator.deadletters", Set.of("operator", "registry", "registry.overview", "config", "config.read")),
            entry(
                    "operator.setup",
                    Set.of("operator", "operator.home", "intake.client", "startup", "config", "config.read")),
            entry(
                    "operator.rollout",
                    Set.of("operator", "postgres", "registry", "registry.rollout", "config", "config.read")),
            entry("config.read", Set.of("config")),
            entry("config", Set.of()));

    private static final Set<String> INTAKE = MAY_USE.keySet().stream()
            .filter(part -> part.equals("intake") || part.startsWith("intake."))
            .collect(Collectors.toSet());

    private static final Set<String> ENGINE = MAY_USE.keySet().stream()
            .filter(part -> part.equals("engine") || part.startsWith("engine."))
            .collect(Collectors.toSet());

    /** Each library, and the packages that may use it; the root, which wires the parts, may use all but Flyway. */
    static final Map<String, Set<String>> USED_BY = Map.ofEntries(
            entry(
                    "org.apache.kafka..",
                    Stream.concat(
                                    INTAKE.stream(),
                                    Stream.of(
                                            "startup",
                                            "settle",
                                            "telemetry",
                                            "operator",
                                            "operator.deadletters",
                                            "operator.request",
                                            "operator.rollout",
                                            "operator.setup"))
                            .collect(Collectors.toSet())),
            entry("io.cloudevents..", Set.of()),
            entry("io.github.resilience4j..", Set.of("postgres.connection", "telemetry")),
            entry(
                    "org.flywaydb..",
                    Set.of(
                            "engine",
                            "engine.catalog",
                            "engine.history",
                            "engine.flyway",
                            "engine.plan",
                            "engine.proof",
                            "engine.template")),
            entry("org.flywaydb.core.internal..", Set.of("engine.catalog", "engine.flyway")),
            entry("org.flywaydb.database..", Set.of("engine.catalog")),
            entry("com.zaxxer.hikari..", Set.of("postgres.connection")),
            entry("org.postgresql..", Set.of("postgres", "postgres.connection")),
            entry("io.micrometer..", Set.of("telemetry")),
            entry("ch.qos.logback..", Set.of("telemetry")),
            entry("com.sun.net.httpserver..", Set.of("telemetry")),
            entry("io.smallrye..", Set.of("config.read")),
            entry("org.yaml..", Set.of("config.read")),
            entry(
                    "com.fasterxml.jackson..",
                    Set.of(
                            "registry",
                            "registry.drift",
                            "registry.overview",
                            "registry.rollout",
                            "operator.deadletters",
                            "cli")),
            entry(
                    "picocli..",
                    Set.of(
                            "cli",
                            "cli.adopt",
                            "cli.fleet",
                            "cli.deadletters",
                            "cli.drift",
                            "cli.registry",
                            "cli.request",
                            "cli.rollout",
                            "cli.setup",
                            "cli.verify")),
            entry("org.jline..", Set.of("cli.rollout.watch")));

    static final Set<String> USE_JDBC = Stream.concat(
                    Stream.of(
                            "postgres",
                            "postgres.connection",
                            "postgres.home",
                            "registry",
                            "registry.drift",
                            "registry.lease",
                            "registry.overview",
                            "registry.rollout",
                            "rollout",
                            "operator.adopt",
                            "operator.limits",
                            "limits",
                            "operator.rebuild",
                            "operator.drift",
                            "operator.fleet",
                            "operator.deadletters",
                            "operator.rollout",
                            "drift.check",
                            "startup"),
                    ENGINE.stream())
            .collect(Collectors.toSet());
    /** They pass its failures on, and no more. */
    static final Set<String> KNOW_SQL_EXCEPTIONS = Set.of(
            "step",
            "request.run",
            "settle",
            "housekeeping",
            "operator",
            "operator.home",
            "operator.verify",
            "drift.record",
            "drift.verify");

    private Arrows() {}
}
