"""Review of unsupervised learning on the US arrests: components, K-means, dendrograms."""

from experiments.language.printed import Definition, Formula, Printed, Question, Reading, WorkedExample

REVIEW = WorkedExample(
    name="review",
    title="Review: unsupervised learning",
    where="I. Review",
    story=(
        "Arrests for murder, assault and rape in 50 US states of 1973, and the share of their people in towns, "
        "standardized. scikit-learn and SciPy do the work; the slides' formulas are checked against them. The elbow "
        "takes more than K-means: single rows are exchanged until no exchange pays, as in R, whose sums it meets."
    ),
    notation={"var_z": "Var(Z_m)", "pve": "PVE_m", "wcv": "WCV(C_k)"},
    givens={
        "n_directions": 1800,
        "n_restarts": 20,
        "max_clusters": 10,
        "n_clusters": 4,
        "kmeans_seed": 1,
        "exchange_starts": 200,
        "r_elbow": (
            (3, 159.843),
            (4, 115.109),
            (5, 99.886),
            (6, 87.414),
            (7, 78.077),
            (8, 68.933),
            (9, 60.955),
            (10, 53.436),
        ),
    },
    data="usarrests.csv",
    printed=(
        Formula(
            "1/n * sum_i z_im^2",
            item="review",
            symbol="var_z",
            where="I. Review | PCA | PVE",
            expression="1/n*sum(z^2)",
            latex=r"\frac{1}{n} \sum_i z_{im}^2",
        ),
        Formula(
            "sum_i z_im^2 / sum_j sum_i x_ij^2",
            item="review",
            symbol="pve",
            where="I. Review | PCA | PVE",
            expression="sum(z^2)/sum(sum(x^2))",
            latex=r"\frac{\sum_i z_{im}^2}{\sum_j \sum_i x_{ij}^2}",
        ),
        Printed(
            "",
            item="review",
            symbol="usarrests_scree",
            where="I. Review | PCA | PVE",
            kind="figure",
            reference="0.62006039;0.24744129;0.08914080;0.04335752",
            why="Figure only: the slide draws the shares without numbers.",
        ),
        Formula(
            "1/|C_k| * sum_i,i' sum_j (x_ij - x_i'j)^2",
            item="review",
            symbol="wcv",
            where="I. Review | K-means clustering",
            expression="1/n_k*squares_of_pairs",
            latex=r"\frac{1}{|C_k|} \sum_{i, i' \in C_k} \sum_j (x_{ij} - x_{i'j})^2",
        ),
        Printed(
            "235.8",
            item="review",
            symbol="min_sum_wcv",
            where="I. Review | K-means clustering",
            kind="not_recomputable",
            why=(
                "The best of six runs in the cited book's figure, on simulated data that are not published. Tried: 310 "
                "seeds of R times 48 plausible ways to draw 150 x 2 points; none gives the figure's three values "
                "235.8, 310.9 and 320.9. The same is shown on the arrests."
            ),
        ),
    ),
    definitions=(
        Definition(
            term="Supervised learning",
            text="Every row has an answer, such as the kind of flower; what is learned is to answer for new rows.",
        ),
        Definition(
            term="Unsupervised learning",
            text="There are no answers: what is looked for are directions in which rows differ, and groups of like "
            "rows. Patients are grouped by the expression of their genes, shoppers by what they looked at and bought, "
            "movies by their ratings.",
        ),
        Definition(
            term="Principal component",
            latex=r"Var(Z_1) = \max_{\| u \| = 1} \frac{1}{n} \sum_{i=1}^{n} (x_i \cdot u)^2",
            text="The direction $u$ of length 1 along which centered rows vary most; each further one is at right "
            "angles to those before it.",
        ),
        Definition(
            term="Variance of a component",
            latex=r"Var(Z_m) = \frac{1}{n} \sum_{i=1}^{n} z_{im}^2",
            text="Of centered data.",
        ),
        Definition(
            term="Proportion of variance explained",
            latex=r"PVE_m = \frac{\sum_{i=1}^{n} z_{im}^2}{\sum_{j=1}^{p} \sum_{i=1}^{n} x_{ij}^2}",
            text="The shares of all components add up to 1.",
        ),
        Definition(
            term="Within-cluster variation",
            latex=r"WCV(C_k) = \frac{1}{|C_k|} \sum_{i, i' \in C_k} \sum_{j=1}^{p} (x_{ij} - x_{i'j})^2",
            text="Every pair counts twice, so the sum over clusters is twice scikit-learn's inertia.",
        ),
        Definition(
            term="Dissimilarity",
            text="How the distance of two rows is calculated: Euclidean, or 1 minus their correlation.",
        ),
        Definition(
            term="Linkage",
            text="How two clusters are compared: by their farthest pair (complete), nearest pair (single), mean over "
            "pairs (average), or by their means (centroid).",
        ),
    ),
    questions=(
        Question(
            text="Is there an informative way to visualize the data?",
            answer=(
                "The biplot of the first two principal components: states as points, variables as arrows, in the "
                "directions of the largest variance."
            ),
            where="I. Review | Why?",
        ),
        Question(
            text="Can we discover subgroups among the variables or among observations?",
            answer=(
                "Among variables, by the arrows of the biplot: the three crimes point together, urban population "
                "across. Among states, by K-means and by dendrograms."
            ),
            where="I. Review | Why?",
        ),
        Question(
            text="Which are the two important parameters of the hierarchical clustering method?",
            answer=(
                "Dissimilarity: how the distance of two rows is calculated. Linkage: how the distance of two "
                "clusters is."
            ),
            where="I. Review | Hierarchical Clustering",
        ),
        Question(
            text="Why are there seven dendrograms and not eight?",
            answer=(
                "Four linkages and two dissimilarities make eight pairs, but a centroid is a mean in space, which "
                "needs Euclidean distance. Its tree can have inversions, too: a merge lower than the one before it."
            ),
            where="I. Review | Hierarchical Clustering",
        ),
    ),
    reading=(
        Reading(title="James, Witten, Hastie and Tibshirani (2014), An Introduction to Statistical Learning. Springer"),
        Reading(title="Vu Huy Tiep (2018), Machine Learning Co Ban", link="https://machinelearningcoban.com"),
    ),
)
