package io.tenantry.worker.operator.adopt;

import io.tenantry.contracts.TenantName;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What forbids to adopt a schema or database, as far as it shows without a look into it. */
final class Admission {
    private final Registered registered;
    private final OtherDatabases others;
    private final Map<String, List<Candidate>> byTenant;

    /** @param candidates all of them, so that one tenant's two homes are known */
    Admission(List<Candidate> candidates, Registered registered, OtherDatabases others) {
        this.registered = registered;
        this.others = others;
        this.byTenant = candidates.stream().collect(Collectors.groupingBy(Admission::tenant));
    }

    private static String tenant(Candidate candidate) {
        return String.valueOf(candidate.home().tenant());
    }

    /** Why it must not be adopted, with what to do; empty if nothing forbids it so far. */
    Optional<String> refusal(Candidate candidate) {
        TenantHome home = candidate.home();
        String tenant = tenant(candidate);
        if (!TenantName.isValid(tenant)) {
            return Optional.of(
                    "'" + tenant + "' is no name of a tenant (" + TenantName.PATTERN + "): rename the " + home.kind());
        }
        List<Candidate> all = byTenant.getOrDefault(tenant, List.of());
        if (all.size() > 1) {
            return Optional.of("tenant " + tenant + " has several homes: "
                    + all.stream().map(Candidate::place).collect(Collectors.joining(", "))
                    + ": name the server of the right one by --server, or rename the copies");
        }
        @Nullable String comment = candidate.comment();
        if (comment != null && comment.startsWith(TenantHome.ANY_MARK) && !comment.equals(home.mark())) {
            return Optional.of("it has the mark of another home, \"" + comment
                    + "\", and stays that home: choose a --pattern that does not fit it, or leave it out; if that home was"
                    + " given up, by `tenantry tenants forget`, remove the mark with " + commentOn(home) + " IS NULL");
        }
        if (comment != null && !comment.equals(home.mark())) {
            return Optional.of("it has the comment \"" + comment.replaceAll("\\s+", " ")
                    + "\", which the mark would overwrite: remove it with "
                    + commentOn(home) + " IS NULL if nobody needs it");
        }
        return elsewhere(candidate, tenant)
                .or(() -> placed(candidate, tenant))
                .or(() -> claimed(candidate))
                .or(() -> owner(candidate));
    }

    private static String commentOn(TenantHome home) {
        return "COMMENT ON " + home.kind().toUpperCase(Locale.ROOT) + " \"" + home.location() + "\"";
    }

    /** A home with its mark is no other one's. */
    private Optional<String> claimed(Candidate candidate) {
        TenantHome home = candidate.home();
        return isMarked(candidate)
                ? Optional.empty()
                : others.claim(home)
                        .map(other ->
                                "by its name it is " + other + ": adopt it there; if it is tenant " + home.tenant()
                                        + " of database " + home.database() + ", mark it so, and run this again: "
                                        + commentOn(home)
                                        + " IS '" + home.mark() + "'");
    }

    private Optional<String> elsewhere(Candidate candidate, String tenant) {
        return registered
                .of(tenant)
                .filter(row -> !isAt(row, candidate.home()))
                .map(row -> "tenant " + tenant + " is registered at " + row.server() + "/" + row.location()
                        + ": adopt it after `tenantry tenants forget " + tenant
                        + "`, if that home is not the right one");
    }

    private Optional<String> placed(Candidate candidate, String tenant) {
        return registered
                .placed(tenant)
                .filter(server -> !server.equals(candidate.home().server()))
                .map(server -> "a signup of tenant " + tenant + " makes its home on server " + server
                        + ": wait for its end, or, if it was given up, run `tenantry tenants forget " + tenant + "`");
    }

    private static Optional<String> owner(Candidate candidate) {
        return candidate.owned()
                ? Optional.empty()
                : Optional.of("it belongs to role " + candidate.owner()
                        + ", and the worker's role is no member of it: migrations would fail; GRANT "
                        + candidate.owner()
                        + " to the worker's role, or ALTER "
                        + candidate.home().kind().toUpperCase(Locale.ROOT)
                        + " ... OWNER TO it");
    }

    /** Whether it is marked and registered already. */
    boolean isKnown(Candidate candidate) {
        return isMarked(candidate)
                && registered
                        .of(tenant(candidate))
                        .filter(row -> isAt(row, candidate.home()))
                        .isPresent();
    }

    /** Whether it has its mark: an earlier run was ended before it had written the row, or the row was lost. */
    static boolean isMarked(Candidate candidate) {
        return candidate.home().mark().equals(candidate.comment());
    }

    private static boolean isAt(RegisteredHome row, TenantHome home) {
        return row.server().equals(home.server()) && row.location().equals(home.location());
    }

    /** The finding, if the look into the home is not needed. */
    Optional<AdoptionFinding> decide(Candidate candidate) {
        if (isKnown(candidate)) {
            @Nullable String version = registered
                    .of(tenant(candidate))
                    .map(RegisteredHome::version)
                    .orElse(null);
            return Optional.of(AdoptionFinding.of(candidate, State.KNOWN, version, null, null, List.of()));
        }
        return refusal(candidate).map(reason -> AdoptionFinding.of(candidate, State.REFUSED, reason));
    }
}
