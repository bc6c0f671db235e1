from SlicerSpineGuide.cli import main

main()
