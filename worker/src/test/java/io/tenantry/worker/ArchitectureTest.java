package io.tenantry.worker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages, what they may use, and in which direction the data flows. */
class ArchitectureTest {
    private static final String ROOT = "io.tenantry.worker";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Of the classes of each package. ArchUnit's own rules would match each one with the name of each other package. */
    private static final Map<String, List<Dependency>> DEPENDENCIES = MAIN.stream()
            .collect(Collectors.groupingBy(
                    ArchitectureTest::packageOf,
                    Collectors.flatMapping(
                            type -> type.getDirectDependenciesFromSelf().stream(), Collectors.toList())));

    static Stream<String> packages() {
        return MAIN.stream().map(ArchitectureTest::packageOf).distinct().sorted();
    }

    static Stream<String> parts() {
        return packages().filter(name -> !name.isEmpty());
    }

    static Stream<String> libraries() {
        return Arrows.USED_BY.keySet().stream().sorted();
    }

    /** Below the root; empty for the root. */
    private static String packageOf(JavaClass type) {
        String below = type.getPackageName().substring(ROOT.length());
        return below.isEmpty() ? "" : below.substring(1);
    }

    private static JavaClass target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }

    private static List<Dependency> dependencies(String part) {
        return DEPENDENCIES.getOrDefault(part, List.of());
    }

    private static Set<String> arrows(String part) {
        return Arrows.MAY_USE.getOrDefault(part, Set.of());
    }

    private static Set<String> users(String library) {
        return Arrows.USED_BY.getOrDefault(library, Set.of());
    }

    private static Set<String> packagesUsedBy(String part) {
        return dependencies(part).stream()
                .map(ArchitectureTest::target)
                .filter(target -> target.getPackageName().startsWith(ROOT))
                .map(ArchitectureTest::packageOf)
                .filter(other -> !other.equals(part))
                .collect(Collectors.toSet());
    }

    private static String[] patterns(Set<String> packages) {
        return packages.stream().map(name -> ROOT + "." + name).toArray(String[]::new);
    }

    @Test
    void everyPackageHasItsArrows() {
        assertThat(parts()).as("packages of the code").containsExactlyInAnyOrderElementsOf(Arrows.MAY_USE.keySet());
    }

    @Test
    void noArrowIsThereForNothing() {
        Arrows.MAY_USE.forEach((part, arrows) -> assertThat(packagesUsedBy(part))
                .as("the packages that %s uses", part)
                .containsAll(arrows));
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aPackageUsesOnlyThoseItHasAnArrowTo(String part) {
        assertThat(dependencies(part))
                .filteredOn(dependency -> target(dependency).getPackageName().startsWith(ROOT))
                .filteredOn(dependency -> !packageOf(target(dependency)).equals(part))
                .filteredOn(dependency -> !arrows(part).contains(packageOf(target(dependency))))
                .extracting(Dependency::getDescription)
                .as("what %s uses without an arrow", part)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void aLibraryIsUsedOnlyWhereItBelongs(String library) {
        Set<String> users = users(library);
        DescribedPredicate<JavaClass> inLibrary = resideInAPackage(library);

        assertThat(packages())
                .filteredOn(part -> !users.contains(part))
                .filteredOn(part -> !part.isEmpty() || library.startsWith("org.flywaydb"))
                .allSatisfy(part -> assertThat(dependencies(part))
                        .filteredOn(dependency -> inLibrary.test(target(dependency)))
                        .extracting(Dependency::getDescription)
                        .as("uses of %s by %s", library, part)
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void noLibraryIsAllowedForNothing(String library) {
        DescribedPredicate<JavaClass> inLibrary = resideInAPackage(library);

        assertThat(users(library))
                .allSatisfy(part -> assertThat(dependencies(part))
                        .as("uses of %s by %s", library, part)
                        .anyMatch(dependency -> inLibrary.test(target(dependency))));
    }

    @Test
    void jdbcIsUsedOnlyWhereItBelongs() {
        Set<String> none = parts().filter(
                        part -> !Arrows.USE_JDBC.contains(part) && !Arrows.KNOW_SQL_EXCEPTIONS.contains(part))
                .collect(Collectors.toSet());

        noClasses()
                .that()
                .resideInAnyPackage(patterns(none))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage(patterns(Arrows.KNOW_SQL_EXCEPTIONS))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.sql..", "javax.sql..").and(not(assignableTo(SQLException.class))))
                .check(MAIN);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void nothingDependsOnWhatOnlyTestsHave() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".stack..",
                        ROOT + ".scenario..",
                        ROOT + ".demo..",
                        "org.junit..",
                        "org.assertj..",
                        "org.testcontainers..",
                        "io.zonky..",
                        "kafka..")
                .check(MAIN);
    }

    @Test
    void onlyTheCommandLineWritesToTheStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(MAIN);
    }

    @Test
    void nothingLogsThroughJavaUtilLogging() {
        noClasses()
                .that()
                .areNotAssignableTo(DataSource.class) // which has a method with a logger
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(MAIN);
    }

    @Test
    void onlyTheSettlersOwnThreadSleeps() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".settle..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(MAIN);
    }

    /** A clock steps. The exceptions compare times that are stored: in a name, and in the registry. */
    @Test
    void nobodyMeasuresTimeByTheTimeOfDay() {
        noClasses()
                .that()
                .doNotHaveSimpleName("TemporaryName")
                .and()
                .doNotHaveSimpleName("Tenants")
                .and()
                .doNotHaveSimpleName("RegistryTime")
                .should()
                .callMethod(Duration.class, "between", Temporal.class, Temporal.class)
                .orShould()
                .callMethod(Instant.class, "isBefore", Instant.class)
                .orShould()
                .callMethod(Instant.class, "isAfter", Instant.class)
                .orShould()
                .callMethod(Instant.class, "compareTo", Instant.class)
                .orShould()
                .callMethod(Instant.class, "until", Temporal.class, TemporalUnit.class)
                .orShould()
                .callMethod(Instant.class, "toEpochMilli")
                .orShould()
                .callMethod(Clock.class, "millis")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(MAIN);
    }

    @Test
    void aNameSaysWhatAClassIsFor() {
        classes()
                .should()
                .haveNameNotMatching(".*\\.[A-Za-z0-9$]*(Manager|Helper|Util|Utils|Impl|Abstract|Common)([A-Z$].*)?")
                .check(MAIN);
    }
}
