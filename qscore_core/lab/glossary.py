"""The words of the app, each in one or two sentences."""

GLOSSARY: dict[str, str] = {
    "Activation rate, A": "Share of the images, in percent, in which a feature is highly active.",
    "AUROC": (
        "Chance that a random correctly classified image has a higher score than a random mis-classified one;"
        " 0.5 says nothing."
    ),
    "AUPRC": (
        "Area under precision against recall. Its chance level is the share of the positive class, so it "
        "always stands beside it."
    ),
    "Bootstrap interval": "Where a number lands in 95 % of the cases when the images are drawn again with replacement.",
    "Core attribute": "What makes an image belong to its class.",
    "Discriminative feature": (
        "One whose activation rate lies between two percentiles (50 and 95 in the paper) over all features: "
        "it fires in a moderate share of the images."
    ),
    "Encoder": "A network that turns an image into its representation; the projector used in training is left away.",
    "Epsilon, ε": "How many standard deviations above the image's mean a feature must stand to be highly active.",
    "Feature": "One of the r entries of a representation; for a ResNet the mean of one channel's last map.",
    "Fit split": "The split on which discriminative features are found and the probe is fitted, usually train.",
    "Heat map": "Where in the picture a feature or another score comes from.",
    "Highly active, L": "The features of one image that stand more than ε standard deviations above its mean.",
    "Linear probe": "A linear classifier on frozen representations: what can be read off them with labels.",
    "Objective": "What an encoder is trained with instead of labels: SimCLR, BYOL, DINO and others.",
    "Q-Score, Q": (
        "Mean height of an image's highly active discriminative features above its mean (equation 1). 0 where"
        " it has none."
    ),
    "Regulariser": (
        "What equation 3 adds to the objective: it raises low Q-Scores and damps features that are on everywhere."
    ),
    "Representation, h": "The r numbers that the encoder makes of an image, brought to length 1.",
    "Spurious attribute": "What goes with a class in the training data without making it: here the habitat.",
    "View": "A randomly cropped and recoloured version of a picture; self-supervised training compares views.",
}
